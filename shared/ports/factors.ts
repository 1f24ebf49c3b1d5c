import { port } from '../kernel/port.ts'

/** Second factors: counts attempts, accepts a code once. */
export const factors = port({
  grants: [{ table: ['update', 'put', 'delete', 'query'], keys: ['FACTOR#*'] }],
  load: async () => (await import('../store/factors.ts')).factors,
})

/** Gives backup codes to whoever has none. */
export const backupCodes = port({
  grants: [{ table: ['query', 'put'], keys: ['FACTOR#*'] }],
  load: async () => (await import('../store/factors.ts')).factors,
})

/** Keeps a seed that has yet to show a code. Whoever only enrols cannot see what is enabled. */
export const enrolments = port({
  grants: [{ table: ['put'], keys: ['FACTOR#*'] }],
  load: async () => (await import('../store/factors.ts')).factors,
})

/** Shows which factors there are. */
export const ownFactors = port({
  grants: [{ table: ['query'], keys: ['FACTOR#*'] }],
  load: async () => (await import('../store/factors.ts')).factors,
})

/** Removes factors, and what stands in for them. */
export const factorRemoval = port({
  grants: [{ table: ['query', 'put', 'delete'], keys: ['FACTOR#*'] }],
  load: async () => (await import('../store/factors.ts')).factors,
})

/** Phones that get codes. */
export const smsFactors = port({
  grants: [{ table: ['get', 'update', 'put', 'delete'], keys: ['FACTOR#*'] }],
  load: async () => (await import('../store/smsFactors.ts')).smsFactors,
})

/** Counts the texts that are sent. */
export const texts = port({
  grants: [{ table: ['update'], keys: ['TEXTS#*'] }],
  load: async () => (await import('../store/texts.ts')).texts,
})
