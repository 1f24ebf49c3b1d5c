import { port } from '../kernel/port.ts'

/** Opens a session, replaces its token, ends it and those of the same sign-in. */
export const sessions = port({
  grants: [
    { table: ['put', 'update', 'delete'], keys: ['SESSION#*'] },
    { table: ['query'], keys: ['SESSION#*'], index: ['gsi1'] },
  ],
  load: async () => (await import('../store/sessions.ts')).sessions,
})

/** Finds and removes the sessions of all practices that are over. */
export const endedSessions = port({
  grants: [
    { table: ['query'], keys: ['SESSION#*'], index: ['gsi2'] },
    { table: ['delete'], keys: ['SESSION#*'] },
  ],
  load: async () => {
    const { sessions, expiryShards } = await import('../store/sessions.ts')
    return binding => ({ ...sessions(binding), shards: expiryShards })
  },
})
