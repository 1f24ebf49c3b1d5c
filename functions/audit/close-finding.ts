import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { auditReviewRecords } from '../../shared/ports/auditReviews.ts'
import { Closing, ReviewFinding } from '../../shared/schema/auditReviews.ts'
import { FindingId } from '../../shared/schema/ids.ts'
import { LocalDate } from '../../shared/schema/time.ts'

/**
 * Closes a finding with a decision and the reason for it. Nobody decides of what is about themselves, and a decision stands: what is
 * learnt later is another finding's or an incident's.
 */
export default defineAction({
  summary: 'Decide of a finding',
  route: 'POST /audit-findings/{day}/{findingId}/decision',
  allow: 'audit:review',
  // A person's decision and not a program's.
  stepUp: true,
  params: z.strictObject({ day: LocalDate, findingId: FindingId }),
  body: Closing,
  reply: { status: 200, schema: ReviewFinding },
  problems: ['finding-not-found', 'finding-closed', 'own-finding'],
  audit: { action: 'U', entity: 'ReviewFinding/{findingId}' },
  limit: 'write',
  timeout: 5,
  uses: { auditReviewRecords },

  async handle({ params: { day, findingId }, body, actor, auditReviewRecords, now, about, commit, fail }) {
    const finding = await auditReviewRecords.finding(day, findingId)
    if (!finding) return fail('finding-not-found')
    about({ patientId: finding.patientId })
    if (finding.actor?.id === actor.userId) return fail('own-finding')
    if (finding.status === 'closed') return fail('finding-closed')
    await commit(auditReviewRecords.close(finding, body, actor.userId))
    const decided = { ...body, status: 'closed' as const, decidedBy: actor.userId, decidedAt: now, updatedAt: now }
    return { ...finding, ...decided, version: finding.version + 1 }
  },
})
