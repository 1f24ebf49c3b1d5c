import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { holdRegister } from '../../shared/ports/holds.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { LegalHold } from '../../shared/schema/retention.ts'

/** Orders that nothing of a patient's is destroyed, whatever was granted before: of a hold and an erasure that meet, the first stands. */
export default defineAction({
  summary: 'Place a legal hold',
  route: 'PUT /patients/{patientId}/legal-hold',
  allow: 'legal-hold:manage',
  params: z.strictObject({ patientId: PatientId }),
  body: LegalHold.pick({ reason: true }),
  reply: { status: 201, schema: LegalHold },
  problems: ['legal-hold-stands', 'patient-not-found'],
  audit: { action: 'C', entity: 'LegalHold/{legalHoldId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { holdRegister, patientCheck },

  async handle({ params: { patientId }, body: { reason }, actor, holdRegister, patientCheck, newId, commit }) {
    const { placed, write } = holdRegister.place(newId('hld'), patientId, reason, actor.userId)
    await commit(write, patientCheck.mustBeKnown(patientId))
    return placed
  },
})
