import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { breakGlassRecord } from '../../shared/ports/breakGlass.ts'
import { members } from '../../shared/ports/users.ts'
import { BreakGlass, BreakGlassDecision } from '../../shared/schema/breakGlass.ts'
import { BreakGlassId, UserId } from '../../shared/schema/ids.ts'
import { text } from '../../shared/schema/people.ts'

/**
 * Decides of an emergency access: the one way out of the queue, once, and never by whoever used it. One that is still open ends
 * with the decision.
 */
export default defineAction({
  summary: 'Review an emergency access',
  route: 'PUT /users/{userId}/break-glass/{breakGlassId}/review',
  allow: 'break-glass:review',
  params: z.strictObject({ userId: UserId, breakGlassId: BreakGlassId }),
  body: z.strictObject({ decision: BreakGlassDecision, note: text(1_000) }),
  reply: { status: 200, schema: BreakGlass },
  problems: ['break-glass-not-found', 'own-break-glass', 'already-reviewed'],
  audit: { action: 'U', entity: 'BreakGlass/{breakGlassId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { breakGlassRecord, members },

  async handle({ params, body, actor, breakGlassRecord, members, now, about, commit, fail }) {
    const { userId, breakGlassId } = params
    const [waiting, holder] = await Promise.all([breakGlassRecord.find(userId, breakGlassId), members.find(userId)])
    if (!waiting) return fail('break-glass-not-found')
    about({ patientId: waiting.patientId, breakGlassId })
    if (userId === actor.userId) return fail('own-break-glass')
    if (waiting.status === 'reviewed') return fail('already-reviewed')

    const review = { ...body, reviewedBy: actor.userId, reviewedAt: now }
    const isOpen = !waiting.endedAt && now < waiting.expiresAt
    const endedAt = isOpen ? now : undefined
    const left = (holder?.leases ?? []).filter(lease => lease.breakGlassId !== breakGlassId)
    await commit(
      breakGlassRecord.review(waiting, review, endedAt),
      ...(isOpen && holder ? [members.withLeases(holder, left)] : []),
    )
    const version = waiting.version + 1
    return { ...waiting, status: 'reviewed' as const, review, ...(endedAt && { endedAt }), version }
  },
})
