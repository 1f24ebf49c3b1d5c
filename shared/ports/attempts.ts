import { port } from '../kernel/port.ts'

/** Counts the second factors that are tried in a sign-in and in a day. */
export const attempts = port({
  grants: [{ table: ['update'], keys: ['LIMIT#*'] }],
  load: async () => (await import('../store/limits.ts')).limits,
})
