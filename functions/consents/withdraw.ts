import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { consentRecord } from '../../shared/ports/consents.ts'
import { Consent, ConsentPurpose } from '../../shared/schema/consents.ts'
import { PatientId } from '../../shared/schema/ids.ts'

/** Withdraws a consent: by the patient, or by staff to whom they said it. It holds from the next request on. */
export default defineAction({
  summary: 'Withdraw consent',
  route: 'POST /patients/{patientId}/consents/{purpose}/withdrawal',
  allow: 'consent:manage',
  params: z.strictObject({ patientId: PatientId, purpose: ConsentPurpose }),
  reply: { status: 200, schema: Consent },
  problems: ['patient-not-found', 'consent-not-given'],
  audit: { action: 'U', entity: 'Consent/{consentId}' },
  limit: 'write',
  timeout: 5,
  uses: { consentRecord },

  async handle({ params, actor, consentRecord, about, commit, fail }) {
    const { patientId, purpose } = params
    if (actor.role === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')
    const before = await consentRecord.find(patientId, purpose)
    if (before?.status !== 'active') return fail('consent-not-given')
    about({ consentId: before.consentId })
    const { consent, writes } = consentRecord.withdraw(before, actor.userId ?? actor.id)
    await commit(...writes)
    return consent
  },
})
