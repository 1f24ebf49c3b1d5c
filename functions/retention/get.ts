import { scheduleOf } from '../../shared/domain/retention.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { retention } from '../../shared/ports/retention.ts'
import { RetentionSchedule } from '../../shared/schema/retention.ts'

/** For how long the practice keeps each class of records, and by what law. */
export default defineAction({
  summary: 'Show the retention schedule',
  route: 'GET /retention',
  allow: 'retention:read',
  reply: { status: 200, schema: RetentionSchedule },
  audit: { action: 'R', entity: 'RetentionPolicy/{practiceId}' },
  limit: 'read',
  timeout: 5,
  uses: { retention },

  handle: async ({ retention }) => scheduleOf(await retention.mine()),
})
