import * as z from 'zod'
import { chargeOf } from '../../shared/domain/claims/charge.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { claimRecord } from '../../shared/ports/claims.ts'
import { ClaimContent, ClaimView } from '../../shared/schema/claims.ts'
import { ClaimId } from '../../shared/schema/ids.ts'

/** Corrects a draft, or a claim that was rejected before anybody adjudicated it: that one becomes a draft again. */
export default defineAction({
  summary: 'Correct a claim',
  route: 'PUT /claims/{claimId}',
  allow: 'claim:create',
  params: z.strictObject({ claimId: ClaimId }),
  body: z.strictObject({
    /** The version that was read: a change that somebody else made meanwhile is not overwritten. */
    version: z.int().min(1),
    content: ClaimContent,
  }),
  reply: { status: 200, schema: ClaimView },
  problems: ['claim-not-found', 'claim-not-draft', 'conflict'],
  audit: { action: 'U', entity: 'Claim/{claimId}' },
  limit: 'write',
  timeout: 10,
  uses: { claimRecord },

  async handle({ params, body, claimRecord, now, about, commit, fail }) {
    const claim = await claimRecord.find(params.claimId)
    if (!claim) return fail('claim-not-found')
    about({ patientId: claim.patientId })
    if (claim.version !== body.version)
      return fail('conflict', [{ path: 'body.version', message: 'is not the latest' }])
    if (claim.status !== 'draft' && claim.transmission !== 'rejected') return fail('claim-not-draft')

    const { content } = body
    const total = chargeOf(content)
    await commit(claimRecord.correct(claim, content, total))
    const changed = { content, total, status: 'draft' as const, transmission: 'none' as const, updatedAt: now }
    return { ...claim, ...changed, version: claim.version + 1 }
  },
})
