import { port } from '../kernel/port.ts'

/** Knows which passwords attackers have lists of. */
export const breached = port({
  grants: [{ setting: 'breach-range' }],
  load: async () => (await import('../adapters/breached.ts')).breached,
})
