import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { patients } from '../../shared/ports/patients.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { Patient } from '../../shared/schema/patients.ts'

/** Shows a patient's details. */
export default defineAction({
  summary: 'Show a patient',
  route: 'GET /patients/{patientId}',
  allow: 'patient:read',
  params: z.strictObject({ patientId: PatientId }),
  reply: { status: 200, schema: Patient },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'Patient/{patientId}' },
  limit: 'read',
  timeout: 5,
  uses: { patients },

  async handle({ params, patients, fail }) {
    return (await patients.find(params.patientId)) ?? fail('patient-not-found')
  },
})
