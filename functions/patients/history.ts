import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { patientHistory } from '../../shared/ports/patients.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'
import { PatientVersion } from '../../shared/schema/patients.ts'

/** Shows a patient's details as they were before each correction, the latest first. */
export default defineAction({
  summary: 'Show earlier versions of a patient',
  route: 'GET /patients/{patientId}/history',
  allow: 'patient:read',
  params: z.strictObject({ patientId: PatientId }),
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(PatientVersion) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'Patient/{patientId}' },
  limit: 'read',
  timeout: 5,
  uses: { patientHistory },

  async handle({ params: { patientId }, query, actor, patientHistory, fail }) {
    if (actor.role === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')
    return patientHistory.history(patientId, query.limit, query.cursor)
  },
})
