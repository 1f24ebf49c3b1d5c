import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { amendmentRecord } from '../../shared/ports/amendments.ts'
import { Amendment, AmendmentDecision } from '../../shared/schema/amendments.ts'
import { AmendmentId, PatientId } from '../../shared/schema/ids.ts'

/**
 * Accepts or denies a request, once, in words that its patient can read. Accepting changes nothing by itself: what is wrong is
 * corrected where it stands, with a history of its own.
 */
export default defineAction({
  summary: 'Decide an amendment',
  route: 'PUT /patients/{patientId}/amendments/{amendmentId}/decision',
  allow: 'amendment:decide',
  params: z.strictObject({ patientId: PatientId, amendmentId: AmendmentId }),
  body: AmendmentDecision,
  reply: { status: 200, schema: Amendment },
  problems: ['amendment-not-found', 'already-decided'],
  audit: { action: 'U', entity: 'Amendment/{amendmentId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { amendmentRecord },

  async handle({ params: { patientId, amendmentId }, body, actor, amendmentRecord, now, commit, fail }) {
    const amendment = await amendmentRecord.find(patientId, amendmentId)
    if (!amendment) return fail('amendment-not-found')
    if (amendment.status !== 'requested') return fail('already-decided')
    const { outcome, ...words } = body
    const decision = { ...words, decidedBy: actor.userId, decidedAt: now }
    await commit(amendmentRecord.decide(amendment, outcome, decision))
    return { ...amendment, status: outcome, decision, version: amendment.version + 1 }
  },
})
