import { port } from '../kernel/port.ts'

/** Calls the worker that writes exports. */
export const exportQueue = port({
  grants: [{ queue: 'exports', may: ['send'] }],
  load: async () => (await import('../adapters/queue.ts')).exportQueue,
})
