import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { appointments } from '../../shared/ports/appointments.ts'
import { Appointment } from '../../shared/schema/appointments.ts'
import { AppointmentId } from '../../shared/schema/ids.ts'

/** Shows an appointment. */
export default defineAction({
  summary: 'Show an appointment',
  route: 'GET /appointments/{appointmentId}',
  allow: 'appointment:read',
  params: z.strictObject({ appointmentId: AppointmentId }),
  reply: { status: 200, schema: Appointment },
  problems: ['appointment-not-found'],
  audit: { action: 'R', entity: 'Appointment/{appointmentId}' },
  limit: 'read',
  timeout: 5,
  uses: { appointments },

  async handle({ params, appointments, about, fail }) {
    const appointment = await appointments.find(params.appointmentId)
    if (!appointment) return fail('appointment-not-found')
    about({ patientId: appointment.patientId })
    return appointment
  },
})
