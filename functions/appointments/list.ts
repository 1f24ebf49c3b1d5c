import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { appointments } from '../../shared/ports/appointments.ts'
import { Appointment } from '../../shared/schema/appointments.ts'
import { PatientId, PractitionerId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'
import { Instant } from '../../shared/schema/time.ts'

const Query = z
  .strictObject({
    practitionerId: PractitionerId.optional(),
    patientId: PatientId.optional(),
    from: Instant.optional(),
    to: Instant.optional(),
    ...paging,
  })
  .refine(query => !query.practitionerId !== !query.patientId, {
    error: 'give either a practitionerId or a patientId',
    path: ['practitionerId'],
  })

/** Lists a practitioner's or a patient's appointments in a period, earliest first. A patient sees their own. */
export default defineAction({
  summary: 'List appointments',
  route: 'GET /appointments',
  allow: 'appointment:read',
  query: Query,
  reply: { status: 200, schema: page(Appointment) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'Appointment/list' },
  limit: 'read',
  timeout: 5,
  uses: { appointments },

  async handle({ query, actor, appointments, about, saw, fail }) {
    const { practitionerId, patientId, ...period } = query
    about({ patientId })
    if (actor.role === 'patient' && !(patientId && patientId === actor.patientId)) return fail('patient-not-found')
    const page = patientId
      ? await appointments.ofPatient(patientId, period)
      : await appointments.ofPractitioner(practitionerId as PractitionerId, period)
    saw(page.items)
    return page
  },
})
