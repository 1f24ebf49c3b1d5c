import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { consentList } from '../../shared/ports/consents.ts'
import { Consent } from '../../shared/schema/consents.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** Lists what a patient has said last of each purpose, or with `which=history` all that they have ever said. */
export default defineAction({
  summary: "List a patient's consents",
  route: 'GET /patients/{patientId}/consents',
  allow: 'consent:read',
  params: z.strictObject({ patientId: PatientId }),
  query: z.strictObject({ which: z.enum(['current', 'history']).default('current'), ...paging }),
  reply: { status: 200, schema: page(Consent) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'Patient/{patientId}' },
  limit: 'read',
  timeout: 5,
  uses: { consentList },

  async handle({ params: { patientId }, query, actor, consentList, fail }) {
    if (actor.role === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')
    return consentList.ofPatient(patientId, query.which, query.limit, query.cursor)
  },
})
