import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { standingHold } from '../../shared/ports/holds.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { LegalHold } from '../../shared/schema/retention.ts'

/** Releases a legal hold. An erasure that waited for it is due again. */
export default defineAction({
  summary: 'Release a legal hold',
  route: 'POST /patients/{patientId}/legal-hold/release',
  allow: 'legal-hold:manage',
  params: z.strictObject({ patientId: PatientId }),
  body: LegalHold.pick({ reason: true }),
  reply: { status: 200, schema: LegalHold },
  problems: ['legal-hold-not-found'],
  audit: { action: 'U', entity: 'LegalHold/{legalHoldId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { standingHold },

  async handle({ params: { patientId }, body: { reason }, actor, standingHold, commit, fail }) {
    const standing = await standingHold.standing(patientId)
    if (!standing) return fail('legal-hold-not-found')
    const { released, writes } = standingHold.release(standing, reason, actor.userId)
    await commit(...writes)
    return released
  },
})
