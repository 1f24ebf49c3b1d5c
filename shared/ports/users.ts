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

/** Finds a user of the practice, and ends all their sessions. */
export const members = port({
  grants: [{ table: ['get', 'put'], keys: ['USER#*'] }],
  load: async () => (await import('../store/users.ts')).users,
})
