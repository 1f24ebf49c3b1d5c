import { defineAction } from '../../shared/kernel/action.ts'
import { practitionerRegister } from '../../shared/ports/practitioners.ts'
import { Practitioner, PractitionerDetails } from '../../shared/schema/practitioners.ts'

/** Adds somebody who can be booked and who renders services. */
export default defineAction({
  summary: 'Add a practitioner',
  route: 'POST /practitioners',
  allow: 'practitioner:manage',
  body: PractitionerDetails,
  reply: { status: 201, schema: Practitioner },
  audit: { action: 'C', entity: 'Practitioner/{practitionerId}' },
  limit: 'write',
  timeout: 5,
  uses: { practitionerRegister },

  async handle({ body, actor, practitionerRegister, now, newId, commit }) {
    const practitionerId = newId('prn')
    await commit(practitionerRegister.register(practitionerId, body))
    return { practitionerId, practiceId: actor.practiceId, ...body, createdAt: now, updatedAt: now, version: 1 }
  },
})
