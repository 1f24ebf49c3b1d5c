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

/** Finds the user of an account under attack. */
export const attackedUsers = port({
  grants: [{ table: ['query'], keys: ['USER#*'], index: ['gsi1'] }],
  load: async () => (await import('../store/users.ts')).users,
})
