import { port } from '../kernel/port.ts'

/** Turns the pepper. */
export const peppers = port({
  grants: [{ secret: 'pepper', may: 'rotate' }],
  load: async () => (await import('../adapters/versionedSecret.ts')).versionedSecret('pepper'),
})
