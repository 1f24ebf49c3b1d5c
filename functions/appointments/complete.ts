import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { appointmentRecord } from '../../shared/ports/appointments.ts'
import { Appointment } from '../../shared/schema/appointments.ts'
import { AppointmentId } from '../../shared/schema/ids.ts'

/** Notes that the visit took place: only then can it be billed. */
export default defineAction({
  summary: 'Complete an appointment',
  route: 'POST /appointments/{appointmentId}/completion',
  allow: 'appointment:complete',
  params: z.strictObject({ appointmentId: AppointmentId }),
  reply: { status: 200, schema: Appointment },
  problems: ['appointment-not-found', 'appointment-not-booked', 'appointment-not-started'],
  audit: { action: 'U', entity: 'Appointment/{appointmentId}' },
  limit: 'write',
  timeout: 5,
  metric: 'AppointmentsCompleted',
  uses: { appointmentRecord },

  async handle({ params, appointmentRecord, now, about, commit, fail }) {
    const appointment = await appointmentRecord.find(params.appointmentId)
    if (!appointment) return fail('appointment-not-found')
    about({ patientId: appointment.patientId })
    if (appointment.status !== 'booked') return fail('appointment-not-booked')
    if (appointment.startsAt > now) return fail('appointment-not-started')
    await commit(appointmentRecord.complete(appointment))
    return { ...appointment, status: 'fulfilled' as const, updatedAt: now, version: appointment.version + 1 }
  },
})
