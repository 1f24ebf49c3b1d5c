import { port } from '../kernel/port.ts'

/** Second factors: counts attempts, accepts a code once. */
export const factors = port({
  grants: [{ table: ['update', 'put', 'delete'], keys: ['FACTOR#*'] }],
  load: async () => (await import('../store/factors.ts')).factors,
})

/** Gives backup codes to whoever has none. */
export const backupCodes = port({
  grants: [{ table: ['query', 'put'], keys: ['FACTOR#*'] }],
  load: async () => (await import('../store/factors.ts')).factors,
})
