import * as z from 'zod'
import { plusMinutes } from '../../shared/domain/scheduling/wallTime.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { amendmentRegister } from '../../shared/ports/amendments.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { Amendment } from '../../shared/schema/amendments.ts'
import { PatientId } from '../../shared/schema/ids.ts'

/** Days in which a request must be decided (45 CFR 164.526(b)(2)). */
const daysToDecide = 60

/** Asks that a record be amended: by the patient, or by staff to whom they said it. */
export default defineAction({
  summary: 'Request an amendment',
  route: 'POST /patients/{patientId}/amendments',
  allow: 'amendment:request',
  params: z.strictObject({ patientId: PatientId }),
  body: Amendment.pick({ request: true }),
  reply: { status: 201, schema: Amendment },
  problems: ['patient-not-found'],
  audit: { action: 'C', entity: 'Amendment/{amendmentId}' },
  limit: 'write',
  timeout: 5,
  uses: { amendmentRegister, patientCheck },

  async handle({ params: { patientId }, body, actor, amendmentRegister, patientCheck, now, newId, commit, fail }) {
    if (actor.role === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')
    const { requested, write } = amendmentRegister.request({
      amendmentId: newId('amd'),
      patientId,
      ...body,
      requestedBy: actor.userId ?? actor.id,
      dueAt: plusMinutes(now, daysToDecide * 1_440),
    })
    await commit(write, patientCheck.mustExist(patientId))
    return requested
  },
})
