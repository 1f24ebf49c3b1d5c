import * as z from 'zod'
import { scheduleOf, tooShort } from '../../shared/domain/retention.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { retentionSettings } from '../../shared/ports/retention.ts'
import { RetentionSchedule, RetentionYears } from '../../shared/schema/retention.ts'

/** Keeps classes of records for longer than the default, as a state may ask: never for less than the law leaves room for. */
export default defineAction({
  summary: 'Set the retention schedule',
  route: 'PUT /retention',
  allow: 'policy:manage',
  body: z.strictObject({
    /** By class; what is left out has the default. */
    years: RetentionYears,
    /** Of the schedule that was read; zero while the defaults hold. */
    version: z.int().min(0).max(1_000_000),
  }),
  reply: { status: 200, schema: RetentionSchedule },
  problems: ['retention-too-short'],
  audit: { action: 'U', entity: 'RetentionPolicy/{practiceId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { retentionSettings },

  async handle({ body: { years, version }, retentionSettings, commit, fail }) {
    const short = tooShort(years)
    if (short.length > 0) {
      return fail(
        'retention-too-short',
        short.map(name => ({ path: `body.years.${name}`, message: 'is less than the law asks for' })),
      )
    }
    await commit(retentionSettings.set(years, version))
    return scheduleOf({ years, version: version + 1 })
  },
})
