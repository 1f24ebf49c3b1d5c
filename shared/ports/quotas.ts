import { port } from '../kernel/port.ts'

/** Reads the quotas that the caller's practice has set. */
export const practiceQuotas = port({
  grants: [{ table: ['get'], keys: ['QUOTA#*'] }],
  load: async () => (await import('../store/quotas.ts')).practiceQuotas,
})

/** Sets them. */
export const quotaSettings = port({
  grants: [{ table: ['put'], keys: ['QUOTA#*'] }],
  load: async () => (await import('../store/quotas.ts')).practiceQuotas,
})
