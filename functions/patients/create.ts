import { defineAction } from '../../shared/kernel/action.ts'
import { patientRegister } from '../../shared/ports/patients.ts'
import { Patient, PatientDetails } from '../../shared/schema/patients.ts'

/** Opens a chart. */
export default defineAction({
  summary: 'Register a patient',
  route: 'POST /patients',
  allow: 'patient:create',
  body: PatientDetails,
  reply: { status: 201, schema: Patient },
  audit: { action: 'C', entity: 'Patient/{patientId}' },
  limit: 'write',
  timeout: 5,
  metric: 'PatientsRegistered',
  uses: { patientRegister },

  async handle({ body, actor, patientRegister, now, newId, about, commit }) {
    const patientId = newId('pat')
    about({ patientId })
    await commit(patientRegister.register(patientId, body))
    return {
      patientId,
      practiceId: actor.practiceId,
      ...body,
      confidentiality: 'normal' as const,
      createdAt: now,
      updatedAt: now,
      version: 1,
    }
  },
})
