import { port } from '../kernel/port.ts'

/** Calls the worker that writes copies of records. */
export const recordExportQueue = port({
  grants: [{ queue: 'copies', may: ['send'] }],
  load: async () => (await import('../adapters/queue.ts')).recordExportQueue,
})
