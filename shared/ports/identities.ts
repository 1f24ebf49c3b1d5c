import { port } from '../kernel/port.ts'

/** Finds the user that an identity leads to, and links a new one. */
export const identities = port({
  grants: [
    { table: ['get', 'check'], keys: ['IDENTITY#*', 'USER#*'] },
    { table: ['put'], keys: ['IDENTITY#*'] },
  ],
  load: async () => (await import('../store/identities.ts')).identities,
})

/** The caller's own linked identities. */
export const ownIdentities = port({
  grants: [{ table: ['query'], keys: ['IDENTITY#*'], index: ['gsi1'] }],
  load: async () => (await import('../store/identities.ts')).identities,
})

/** Unlinks one of them, while another way in stands, and ends the sessions that it may have opened. */
export const unlinking = port({
  grants: [
    { table: ['delete', 'check'], keys: ['IDENTITY#*'] },
    { table: ['put'], keys: ['USER#*'] },
  ],
  load: async () => (await import('../store/identities.ts')).identities,
})
