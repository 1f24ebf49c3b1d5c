import * as z from 'zod'
import { mostRestricted } from '../../shared/domain/restrictions.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { patientRestriction } from '../../shared/ports/patients.ts'
import { practitionerCheck } from '../../shared/ports/practitioners.ts'
import { restrictions } from '../../shared/ports/restrictions.ts'
import { PatientId, PractitionerId } from '../../shared/schema/ids.ts'
import { Confidentiality, PatientRestriction } from '../../shared/schema/patients.ts'

/**
 * Agrees to a restriction that a patient has asked for, or ends one (45 CFR 164.522(a)). It holds for everybody from their next
 * request on. Whoever sets it needs not read the record, and is shown nothing of it.
 */
export default defineAction({
  summary: "Restrict a patient's record",
  route: 'PUT /patients/{patientId}/restriction',
  allow: 'patient:restrict',
  params: z.strictObject({ patientId: PatientId }),
  body: z.strictObject({
    confidentiality: Confidentiality,
    /** Who treats the patient, and alone reads the record. */
    careTeam: z.array(PractitionerId).max(10),
    withheldFromPayers: z.boolean(),
  }),
  reply: { status: 200, schema: PatientRestriction },
  problems: ['patient-not-found', 'practitioner-not-found', 'care-team-missing', 'too-many-restrictions'],
  audit: { action: 'U', entity: 'Patient/{patientId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { patientRestriction, practitionerCheck, restrictions },

  async handle({ params: { patientId }, body, patientRestriction, practitionerCheck, restrictions, commit, fail }) {
    const { confidentiality, withheldFromPayers } = body
    const careTeam = [...new Set(body.careTeam)]
    const [patient, list] = await Promise.all([patientRestriction.any(patientId), restrictions.mine()])
    if (!patient) return fail('patient-not-found')
    if (confidentiality !== 'normal') {
      if (careTeam.length === 0) return fail('care-team-missing', [{ path: 'body.careTeam', message: 'is empty' }])
      const others = Object.keys(list?.patients ?? {}).filter(id => id !== patientId)
      if (others.length >= mostRestricted) return fail('too-many-restrictions')
    }
    const restriction = { confidentiality, careTeam, withheldFromPayers }
    await commit(
      patientRestriction.restrict(patient, restriction),
      restrictions.list(list, patientId, restriction),
      ...careTeam.map(practitionerId => practitionerCheck.mustExist(practitionerId)),
    )
    return { patientId, ...restriction, version: patient.version + 1 }
  },
})
