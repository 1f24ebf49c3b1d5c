import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { dependencies } from '../../shared/ports/dependencies.ts'

const Detail = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    dependencies: z.array(z.strictObject({ name: z.string(), up: z.boolean(), ms: z.number() })),
    /** MB of this function environment. */
    memory: z.strictObject({ resident: z.number(), heap: z.number() }),
    /** Seconds since this function environment started. */
    uptime: z.number(),
    runtime: z.string(),
  })
  .meta({ id: 'HealthDetail' })

/** Shows each dependency with its answer's time, for operators. */
export default defineAction({
  summary: 'How is each part?',
  route: 'GET /health/detailed',
  allow: 'operations:read',
  reply: { status: 200, schema: Detail },
  audit: { action: 'R', entity: 'System/health' },
  limit: 'read',
  timeout: 5,
  idle: 'stays',
  uses: { dependencies },

  async handle({ dependencies }) {
    const answers = await dependencies.check()
    const { rss, heapUsed } = process.memoryUsage()
    return {
      status: answers.every(({ up }) => up) ? ('ok' as const) : ('degraded' as const),
      dependencies: answers,
      memory: { resident: Math.round(rss / 1_048_576), heap: Math.round(heapUsed / 1_048_576) },
      uptime: Math.round(process.uptime()),
      runtime: process.version,
    }
  },
})
