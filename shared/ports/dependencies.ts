import { port } from '../kernel/port.ts'

/** Asks each thing that the system stands on for a sign of life. */
export const dependencies = port({
  grants: [
    { table: ['get'], keys: ['HEALTH#*'] },
    { secret: 'pepper', may: 'describe' },
  ],
  load: async () => (await import('../adapters/dependencies.ts')).dependencies,
})
