import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { disclosureList } from '../../shared/ports/disclosures.ts'
import { Disclosure } from '../../shared/schema/disclosures.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/**
 * The accounting of a patient's disclosures, newest first (45 CFR 164.528, 42 CFR 2.25): for the patient, and for staff who send it
 * to one. `which=other` tells of what the law leaves out, such as claims.
 */
export default defineAction({
  summary: 'Account for disclosures',
  route: 'GET /patients/{patientId}/disclosures',
  allow: 'disclosure:read',
  params: z.strictObject({ patientId: PatientId }),
  query: z.strictObject({ which: z.enum(['accountable', 'other']).default('accountable'), ...paging }),
  reply: { status: 200, schema: page(Disclosure) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'Patient/{patientId}' },
  limit: 'read',
  timeout: 5,
  uses: { disclosureList },

  async handle({ params: { patientId }, query, actor, disclosureList, fail }) {
    if (actor.role === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')
    return disclosureList.ofPatient(patientId, query.which, query.limit, query.cursor)
  },
})
