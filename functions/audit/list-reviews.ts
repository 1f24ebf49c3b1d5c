import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { auditReviews } from '../../shared/ports/auditReviews.ts'
import { AuditReview } from '../../shared/schema/auditReviews.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** The days of the practice that were reviewed, the latest first, with how much each found and by which thresholds. */
export default defineAction({
  summary: 'List activity reviews',
  route: 'GET /audit-reviews',
  allow: 'audit:read',
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(AuditReview) },
  audit: { action: 'R', entity: 'AuditReview/list' },
  limit: 'read',
  timeout: 5,
  uses: { auditReviews },

  handle: async ({ query, auditReviews }) => auditReviews.list(query),
})
