import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { practitionerRegister } from '../../shared/ports/practitioners.ts'
import { PractitionerId } from '../../shared/schema/ids.ts'
import { Practitioner, PractitionerDetails } from '../../shared/schema/practitioners.ts'

/** Replaces the weekly hours. What is booked already stays booked: moving it is a conversation, not a side effect. */
export default defineAction({
  summary: "Set a practitioner's weekly availability",
  route: 'PUT /practitioners/{practitionerId}/availability',
  allow: 'practitioner:manage',
  params: z.strictObject({ practitionerId: PractitionerId }),
  body: z.strictObject({
    availability: PractitionerDetails.shape.availability,
    zone: PractitionerDetails.shape.zone,
  }),
  reply: { status: 200, schema: Practitioner },
  problems: ['practitioner-not-found'],
  audit: { action: 'U', entity: 'Practitioner/{practitionerId}' },
  limit: 'write',
  timeout: 5,
  uses: { practitionerRegister },

  async handle({ params, body, practitionerRegister, now, commit, fail }) {
    const practitioner = await practitionerRegister.find(params.practitionerId)
    if (!practitioner) return fail('practitioner-not-found')
    await commit(practitionerRegister.change(practitioner, body))
    return { ...practitioner, ...body, updatedAt: now, version: practitioner.version + 1 }
  },
})
