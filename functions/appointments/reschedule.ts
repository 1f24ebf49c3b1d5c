import * as z from 'zod'
import { planTime } from '../../shared/domain/scheduling/booking.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { calendar } from '../../shared/ports/appointments.ts'
import { practitioners } from '../../shared/ports/practitioners.ts'
import { telehealthPlan } from '../../shared/ports/telehealth.ts'
import { Appointment, AppointmentMinutes, StartTime } from '../../shared/schema/appointments.ts'
import { AppointmentId, PractitionerId } from '../../shared/schema/ids.ts'

/**
 * Moves an appointment to another time of the same practitioner. The old time is free at the moment the new one is taken:
 * nobody ever sees the patient with neither or with both.
 */
export default defineAction({
  summary: 'Move an appointment',
  route: 'PUT /appointments/{appointmentId}/time',
  allow: 'appointment:create',
  params: z.strictObject({ appointmentId: AppointmentId }),
  body: z.strictObject({
    /** As the appointment says: it is read beside it, and checked against it. */
    practitionerId: PractitionerId,
    start: StartTime,
    minutes: AppointmentMinutes,
  }),
  reply: { status: 200, schema: Appointment },
  problems: [
    'appointment-not-found',
    'appointment-not-booked',
    'practitioner-not-found',
    'outside-availability',
    'slot-taken',
    'start-too-early',
    'wall-time-missing',
  ],
  audit: { action: 'U', entity: 'Appointment/{appointmentId}' },
  limit: 'write',
  timeout: 10,
  uses: { calendar, practitioners, telehealthPlan },

  async handle({ params, body, actor, calendar, practitioners, telehealthPlan, now, about, commit, fail }) {
    const [appointment, practitioner] = await Promise.all([
      calendar.find(params.appointmentId),
      practitioners.find(body.practitionerId),
    ])
    if (!appointment) return fail('appointment-not-found')
    about({ patientId: appointment.patientId })
    if (appointment.status !== 'booked') return fail('appointment-not-booked')
    if (actor.role === 'patient' && appointment.startsAt <= now) return fail('start-too-early')
    if (!practitioner || appointment.practitionerId !== body.practitionerId) {
      return fail('practitioner-not-found', [{ path: 'body.practitionerId', message: "must be the appointment's own" }])
    }

    const plan = planTime(body, practitioner, actor.role, now)
    if ('refused' in plan) return fail(plan.refused, plan.errors)

    const { telehealthId } = appointment
    await commit(
      ...calendar.move(appointment, plan.time),
      ...(telehealthId ? [telehealthPlan.moved(telehealthId, plan.time)] : []),
    )
    return { ...appointment, ...plan.time, updatedAt: now, version: appointment.version + 1 }
  },
})
