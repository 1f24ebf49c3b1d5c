import * as z from 'zod'
import { planTime } from '../../shared/domain/scheduling/booking.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { calendar } from '../../shared/ports/appointments.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { practitioners } from '../../shared/ports/practitioners.ts'
import { Appointment, AppointmentMinutes, StartTime } from '../../shared/schema/appointments.ts'
import { PatientId, PractitionerId } from '../../shared/schema/ids.ts'

/**
 * Books a time, by the practitioner's clock. Of any number who book overlapping times at once, one is booked: the others
 * are told that the time is taken, and nothing of theirs is written.
 */
export default defineAction({
  summary: 'Book an appointment',
  route: 'POST /appointments',
  allow: 'appointment:create',
  body: z.strictObject({
    patientId: PatientId,
    practitionerId: PractitionerId,
    start: StartTime,
    minutes: AppointmentMinutes,
    modality: z.enum(['in-person', 'telehealth']),
  }),
  reply: { status: 201, schema: Appointment },
  problems: [
    'patient-not-found',
    'practitioner-not-found',
    'outside-availability',
    'slot-taken',
    'start-too-early',
    'wall-time-missing',
  ],
  audit: { action: 'C', entity: 'Appointment/{appointmentId}' },
  limit: 'write',
  timeout: 10,
  metric: 'AppointmentsBooked',
  uses: { calendar, patientCheck, practitioners },

  async handle({ body, actor, calendar, patientCheck, practitioners, now, newId, about, commit, fail }) {
    const { patientId, practitionerId, modality } = body
    about({ patientId })
    if (actor.role === 'patient' && actor.patientId !== patientId) return fail('patient-not-found')

    const practitioner = await practitioners.find(practitionerId)
    if (!practitioner) return fail('practitioner-not-found', [{ path: 'body.practitionerId', message: 'is not known' }])
    const plan = planTime(body, practitioner, actor.role, now)
    if ('refused' in plan) return fail(plan.refused, plan.errors)

    const { booked, writes } = calendar.book({
      appointmentId: newId('apt'),
      patientId,
      practitionerId,
      modality,
      ...plan.time,
    })
    await commit(...writes, patientCheck.mustExist(patientId))
    return booked
  },
})
