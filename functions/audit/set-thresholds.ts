import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { auditReviewRecords } from '../../shared/ports/auditReviews.ts'
import { ReviewThresholds } from '../../shared/schema/auditReviews.ts'

/** Sets from when on something is unusual at the practice, for the next review on. What is left out has its default. */
export default defineAction({
  summary: 'Set the thresholds of activity reviews',
  route: 'PUT /audit-reviews/thresholds',
  allow: 'audit:review',
  // Whoever may raise a threshold can hide behind it.
  stepUp: true,
  body: z.strictObject(ReviewThresholds.shape).meta({ id: 'ReviewThresholdsChange' }),
  reply: { status: 200, schema: ReviewThresholds },
  audit: { action: 'U', entity: 'AuditReview/thresholds' },
  limit: 'write',
  timeout: 5,
  uses: { auditReviewRecords },

  async handle({ body, auditReviewRecords, commit }) {
    await commit(auditReviewRecords.setThresholds(body))
    return body
  },
})
