import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { auditReviews } from '../../shared/ports/auditReviews.ts'
import { ReviewFinding } from '../../shared/schema/auditReviews.ts'
import { FindingId } from '../../shared/schema/ids.ts'
import { LocalDate } from '../../shared/schema/time.ts'

/** One finding of a day's review, with the records of the trail that show it and the decision, if there is one. */
export default defineAction({
  summary: 'Show a finding of an activity review',
  route: 'GET /audit-findings/{day}/{findingId}',
  allow: 'audit:read',
  params: z.strictObject({ day: LocalDate, findingId: FindingId }),
  reply: { status: 200, schema: ReviewFinding },
  problems: ['finding-not-found'],
  audit: { action: 'R', entity: 'ReviewFinding/{findingId}' },
  limit: 'read',
  timeout: 5,
  uses: { auditReviews },

  handle: async ({ params: { day, findingId }, auditReviews, fail }) =>
    (await auditReviews.finding(day, findingId)) ?? fail('finding-not-found'),
})
