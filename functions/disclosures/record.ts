import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { disclosureRegister } from '../../shared/ports/disclosures.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { Disclosure, DisclosureDetails } from '../../shared/schema/disclosures.ts'
import { PatientId } from '../../shared/schema/ids.ts'

/** Notes what somebody of the practice has disclosed, by letter, by telephone or on paper. What the system sends, it notes itself. */
export default defineAction({
  summary: 'Record a disclosure',
  route: 'POST /patients/{patientId}/disclosures',
  allow: 'disclosure:record',
  params: z.strictObject({ patientId: PatientId }),
  body: DisclosureDetails,
  reply: { status: 201, schema: Disclosure },
  problems: ['patient-not-found', 'disclosure-to-come'],
  audit: { action: 'C', entity: 'Disclosure/{disclosureId}' },
  limit: 'write',
  timeout: 5,
  uses: { disclosureRegister, patientCheck },

  async handle({ params: { patientId }, body, actor, disclosureRegister, patientCheck, now, newId, commit, fail }) {
    if (body.disclosedAt > now) {
      return fail('disclosure-to-come', [{ path: 'body.disclosedAt', message: 'is in the future' }])
    }
    const recordedBy = actor.userId ?? actor.id
    const { disclosure, write } = disclosureRegister.note(newId('dis'), patientId, body, recordedBy)
    await commit(write, patientCheck.mustExist(patientId))
    return disclosure
  },
})
