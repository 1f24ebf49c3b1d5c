import { port } from '../kernel/port.ts'

/** Finds who signs in, and replaces an outdated password hash. */
export const logins = port({
  grants: [
    { table: ['query'], keys: ['USER#*'], index: ['gsi1'] },
    { table: ['put', 'check'], keys: ['USER#*'] },
  ],
  load: async () => (await import('../store/users.ts')).users,
})

/** Changes the caller's own user: that a second factor is on, or that all sessions end. */
export const ownUser = port({
  grants: [{ table: ['put'], keys: ['USER#*'] }],
  load: async () => (await import('../store/users.ts')).users,
})

/** Reads the practice's users. */
export const userDirectory = port({
  grants: [
    { table: ['get'], keys: ['USER#*'] },
    { table: ['query'], keys: ['USER#*'], index: ['gsi2'] },
  ],
  load: async () => (await import('../store/users.ts')).users,
})

/** Finds those of the workforce who hold a role, to tell them something. */
export const roleHolders = port({
  grants: [{ table: ['query'], keys: ['USER#*'], index: ['gsi3'] }],
  load: async () => (await import('../store/users.ts')).users,
})

/** Finds the accounts of a patient, to tell them something. */
export const patientAccounts = port({
  grants: [{ table: ['query'], keys: ['USER#*'], index: ['gsi3'] }],
  load: async () => (await import('../store/users.ts')).users,
})

/** Changes other users of the practice. */
export const userRecords = port({
  grants: [{ table: ['get', 'put', 'check'], keys: ['USER#*'] }],
  load: async () => (await import('../store/users.ts')).users,
})

/** Removes other users of the practice, and frees their e-mail. */
export const userRemoval = port({
  grants: [{ table: ['get', 'delete', 'check'], keys: ['USER#*'] }],
  load: async () => (await import('../store/users.ts')).users,
})

/** Adds users, those of patients while the patient is there. */
export const userRegister = port({
  grants: [
    { table: ['put'], keys: ['USER#*'] },
    { table: ['check'], keys: ['PATIENT#*'] },
  ],
  load: async () => (await import('../store/users.ts')).users,
})

/** Finds whose ticket it is and changes that user. */
export const ticketHolders = port({
  grants: [{ table: ['get', 'put', 'delete'], keys: ['USER#*'] }],
  load: async () => (await import('../store/users.ts')).users,
})

/** Finds the user of an account under attack. */
export const attackedUsers = port({
  grants: [{ table: ['query'], keys: ['USER#*'], index: ['gsi1'] }],
  load: async () => (await import('../store/users.ts')).users,
})

/** Finds a user of the practice, and ends all their sessions. */
export const members = port({
  grants: [{ table: ['get', 'put'], keys: ['USER#*'] }],
  load: async () => (await import('../store/users.ts')).users,
})
