import { port } from '../kernel/port.ts'

/** Opens a session, replaces its token, lists a user's and ends them. */
export const sessions = port({
  grants: [{ table: ['query', 'put', 'delete'], keys: ['SESSION#*'] }],
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
