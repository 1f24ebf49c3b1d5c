import * as z from 'zod'
import { roomView } from '../../shared/domain/telehealth/rooms.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { appointmentRecord } from '../../shared/ports/appointments.ts'
import { telehealth } from '../../shared/ports/telehealth.ts'
import { AppointmentId } from '../../shared/schema/ids.ts'
import { TelehealthView } from '../../shared/schema/telehealth.ts'

/**
 * Prepares the video session of an appointment. The meeting itself is made when the first participant is let in: the
 * service ends a meeting that stands empty.
 */
export default defineAction({
  summary: 'Prepare a telehealth session',
  route: 'POST /appointments/{appointmentId}/telehealth',
  allow: 'telehealth:host',
  params: z.strictObject({ appointmentId: AppointmentId }),
  reply: { status: 201, schema: TelehealthView },
  problems: ['appointment-not-found', 'appointment-not-booked', 'telehealth-exists'],
  audit: { action: 'C', entity: 'TelehealthSession/{telehealthId}' },
  limit: 'write',
  timeout: 5,
  uses: { appointmentRecord, telehealth },

  async handle({ params, appointmentRecord, telehealth, newId, about, commit, fail }) {
    const appointment = await appointmentRecord.find(params.appointmentId)
    if (!appointment) return fail('appointment-not-found')
    const { appointmentId, patientId, practitionerId, startsAt, endsAt } = appointment
    about({ patientId })
    if (appointment.telehealthId) return fail('telehealth-exists')
    if (appointment.status !== 'booked') return fail('appointment-not-booked')

    const telehealthId = newId('tel')
    about({ telehealthId })
    const times = { startsAt, endsAt }
    const { scheduled, write } = telehealth.schedule({
      telehealthId,
      appointmentId,
      patientId,
      practitionerId,
      ...times,
    })
    await commit(write, appointmentRecord.withTelehealth(appointment, telehealthId))
    return roomView({ session: scheduled, participants: [] })
  },
})
