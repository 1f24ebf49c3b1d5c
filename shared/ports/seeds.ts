import { port } from '../kernel/port.ts'

/** Seals a new TOTP seed. Whoever only enrols cannot read the seeds of others. */
export const seedSealer = port({
  grants: [{ key: 'factors', may: ['encrypt'] }],
  load: async () => (await import('../adapters/seeds.ts')).seeds,
})

/** Opens a user's TOTP seed, to compare a code with it. */
export const seedOpener = port({
  grants: [{ key: 'factors', may: ['decrypt'] }],
  load: async () => (await import('../adapters/seeds.ts')).seeds,
})
