import { port } from '../kernel/port.ts'

/** Turns the secret by which the edge proves itself, there and here. */
export const edgeSecret = port({
  grants: [{ secret: 'origin', may: 'rotate' }, { edge: true }],
  load: async () => (await import('../adapters/edgeSecret.ts')).edgeSecret,
})
