import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { auditReviews } from '../../shared/ports/auditReviews.ts'
import { ReviewFinding } from '../../shared/schema/auditReviews.ts'
import { page, paging } from '../../shared/schema/paging.ts'
import { LocalDate } from '../../shared/schema/time.ts'

/** What was unusual: of one day, or of all days what still waits for a decision, the latest days first. */
export default defineAction({
  summary: 'List findings of activity reviews',
  route: 'GET /audit-findings',
  allow: 'audit:read',
  query: z.strictObject({
    /** A day of the practice's calendar. */
    day: LocalDate.optional(),
    ...paging,
  }),
  reply: { status: 200, schema: page(ReviewFinding) },
  audit: { action: 'R', entity: 'ReviewFinding/list' },
  limit: 'read',
  timeout: 5,
  uses: { auditReviews },

  handle: async ({ query: { day, ...list }, auditReviews }) =>
    day ? auditReviews.findingsOf(day, list) : auditReviews.open(list),
})
