import { port } from '../kernel/port.ts'

/** Calls the worker that sends claims. */
export const submissionQueue = port({
  grants: [{ queue: 'claims', may: ['send'] }],
  load: async () => (await import('../adapters/queue.ts')).submissionQueue,
})
