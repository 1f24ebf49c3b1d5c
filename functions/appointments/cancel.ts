import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { calendar } from '../../shared/ports/appointments.ts'
import { telehealthPlan } from '../../shared/ports/telehealth.ts'
import { Appointment } from '../../shared/schema/appointments.ts'
import { AppointmentId } from '../../shared/schema/ids.ts'

/** Cancels an appointment, frees its time and ends its telehealth session, all or none. */
export default defineAction({
  summary: 'Cancel an appointment',
  route: 'POST /appointments/{appointmentId}/cancellation',
  allow: 'appointment:cancel',
  params: z.strictObject({ appointmentId: AppointmentId }),
  reply: { status: 200, schema: Appointment },
  problems: ['appointment-not-found', 'appointment-not-booked', 'start-too-early'],
  audit: { action: 'U', entity: 'Appointment/{appointmentId}' },
  limit: 'write',
  timeout: 10,
  metric: 'AppointmentsCancelled',
  uses: { calendar, telehealthPlan },

  async handle({ params, actor, calendar, telehealthPlan, now, about, commit, fail }) {
    const appointment = await calendar.find(params.appointmentId)
    if (!appointment) return fail('appointment-not-found')
    about({ patientId: appointment.patientId })
    if (appointment.status !== 'booked') return fail('appointment-not-booked')
    // What has passed is for the practice to settle: whether it was a visit or a no-show.
    if (actor.role === 'patient' && appointment.startsAt <= now) return fail('start-too-early')
    const { telehealthId } = appointment
    await commit(...calendar.cancel(appointment), ...(telehealthId ? [telehealthPlan.cancelled(telehealthId)] : []))
    return { ...appointment, status: 'cancelled' as const, updatedAt: now, version: appointment.version + 1 }
  },
})
