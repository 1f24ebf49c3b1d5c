import { port } from '../kernel/port.ts'

/** Calls the worker that reviews a day of a practice. */
export const reviewQueue = port({
  grants: [{ queue: 'reviews', may: ['send'] }],
  load: async () => (await import('../adapters/queue.ts')).reviewQueue,
})
