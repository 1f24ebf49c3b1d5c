import { port } from '../kernel/port.ts'

const grants = [{ table: ['get'], keys: ['RETENTION#*'] }] as const

/** Reads for how long the practice keeps what. */
export const retention = port({ grants, load: async () => (await import('../store/retention.ts')).retention })

/** Sets it. */
export const retentionSettings = port({
  grants: [{ table: ['put'], keys: ['RETENTION#*'] }],
  load: async () => (await import('../store/retention.ts')).retention,
})

/** Reads it for any practice: for the worker that erases. */
export const retentionOfAnyPractice = port({
  grants,
  load: async () => (await import('../store/retention.ts')).retentionOfAnyPractice,
})
