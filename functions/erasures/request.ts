import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { erasureRegister } from '../../shared/ports/erasures.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { Erasure } from '../../shared/schema/erasures.ts'
import { PatientId } from '../../shared/schema/ids.ts'

/** Asks that a patient be erased: by the patient, or by the practice to whom they said it. No reason has to be given. */
export default defineAction({
  summary: 'Request an erasure',
  route: 'POST /patients/{patientId}/erasures',
  allow: 'erasure:request',
  params: z.strictObject({ patientId: PatientId }),
  reply: { status: 201, schema: Erasure },
  problems: ['patient-not-found'],
  audit: { action: 'C', entity: 'Erasure/{erasureId}' },
  limit: 'write',
  timeout: 5,
  uses: { erasureRegister, patientCheck },

  async handle({ params: { patientId }, actor, erasureRegister, patientCheck, newId, commit, fail }) {
    if (actor.role === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')
    const { requested, write } = erasureRegister.request(newId('ers'), patientId, actor.userId ?? actor.id)
    await commit(write, patientCheck.mustBeKnown(patientId))
    return requested
  },
})
