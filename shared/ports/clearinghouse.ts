import { port } from '../kernel/port.ts'

/** Sends interchanges and fetches what comes back. */
export const clearinghouse = port({
  grants: [{ secret: 'clearinghouse' }],
  load: async () => (await import('../adapters/clearinghouse.ts')).clearinghouse,
})
