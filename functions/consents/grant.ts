import * as z from 'zod'
import { standingOf, stands } from '../../shared/domain/consents/standing.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { consentRecord } from '../../shared/ports/consents.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { Consent } from '../../shared/schema/consents.ts'
import { PatientId } from '../../shared/schema/ids.ts'

/**
 * Notes that a patient consents, to the words that are shown now and to no others. In the portal only the patient does that;
 * staff note what was signed on paper or said to them, under their own name.
 */
export default defineAction({
  summary: 'Give consent',
  route: 'POST /patients/{patientId}/consents',
  allow: 'consent:manage',
  params: z.strictObject({ patientId: PatientId }),
  body: Consent.pick({ purpose: true, textVersion: true, language: true, method: true, part2: true }),
  reply: { status: 201, schema: Consent },
  problems: [
    'patient-not-found',
    'consent-text-outdated',
    'consent-method-refused',
    'consent-elements-missing',
    'consent-given',
  ],
  audit: { action: 'C', entity: 'Consent/{consentId}' },
  limit: 'write',
  timeout: 5,
  uses: { consentRecord, patientCheck },

  async handle({ params: { patientId }, body, actor, consentRecord, patientCheck, now, newId, about, commit, fail }) {
    const isPatient = actor.role === 'patient'
    if (isPatient && actor.patientId !== patientId) return fail('patient-not-found')
    if (isPatient !== (body.method === 'portal')) return fail('consent-method-refused')
    // A consent to disclose these records without one of its elements is none (42 CFR 2.31(c)), and others have none of them.
    if ((body.purpose === 'part2-disclosure') !== (body.part2 !== undefined)) {
      return fail('consent-elements-missing', [{ path: 'body.part2', message: 'goes with part2-disclosure' }])
    }
    const [policy, before] = await Promise.all([consentRecord.policy(), consentRecord.find(patientId, body.purpose)])
    const { current, oldest } = standingOf(policy, body.purpose)
    if (body.textVersion !== current) return fail('consent-text-outdated')
    if (before && before.textVersion === current && stands(before, oldest, now) && !body.part2) {
      return fail('consent-given')
    }
    const consentId = newId('cns')
    about({ consentId })
    const grantedBy = actor.userId ?? actor.id
    const { consent, writes } = consentRecord.grant(before, { consentId, patientId, ...body, grantedBy })
    await commit(...writes, patientCheck.mustExist(patientId))
    return consent
  },
})
