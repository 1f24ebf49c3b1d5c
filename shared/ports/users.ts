import { port } from '../kernel/port.ts'

/** Finds who signs in, and replaces an outdated password hash. */
export const logins = port({
  grants: [
    { table: ['query'], keys: ['USER#*'], index: ['gsi1'] },
    { table: ['put', 'check'], keys: ['USER#*'] },
  ],
  load: async () => (await import('../store/users.ts')).users,
})

/** Notes on the caller's own user that a second factor is on. */
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

/** Adds users. */
export const userRegister = port({
  grants: [{ table: ['put'], keys: ['USER#*'] }],
  load: async () => (await import('../store/users.ts')).users,
})

/** Finds whose ticket it is and changes that user. */
export const ticketHolders = port({
  grants: [{ table: ['get', 'put', 'delete'], keys: ['USER#*'] }],
  load: async () => (await import('../store/users.ts')).users,
})
