import {
  ChimeSDKMeetingsClient,
  DeleteMeetingCommand,
  GetMeetingCommand,
  ListAttendeesCommand,
} from '@aws-sdk/client-chime-sdk-meetings'
import { plusMinutes, wallTimeOf } from '../../../shared/domain/scheduling/wallTime.ts'
import { idsAt } from '../../../shared/kernel/random.ts'
import type { Appointment } from '../../../shared/schema/appointments.ts'
import type { Participant, TelehealthSession } from '../../../shared/schema/telehealth.ts'
import type { Instant } from '../../../shared/schema/time.ts'
import { appointmentEntity } from '../../../shared/store/appointments.ts'
import { type Client, itemsAt, place, plant, type TestPractice } from '../../harness/index.ts'

/**
 * A session of an appointment of fifty minutes that begins now, or at another moment. It is planted, without its place in
 * the calendar, so that many can be at one time.
 */
export async function prepare(
  practice: TestPractice,
  desk: Client,
  { startsAt = new Date().toJSON() as Instant, patient = 0 } = {},
) {
  const { zone, practiceId } = practice.practice
  const now = new Date().toJSON()
  const appointment: Appointment = {
    appointmentId: idsAt(now)('apt'),
    practiceId,
    patientId: practice.patients[patient]!.patientId,
    practitionerId: practice.practitioners[0]!.practitionerId,
    status: 'booked',
    modality: 'telehealth',
    start: wallTimeOf(startsAt, zone),
    zone,
    startsAt,
    endsAt: plusMinutes(startsAt, 50),
    minutes: 50,
    createdAt: now,
    updatedAt: now,
    version: 1,
  }
  await plant({ ...appointmentEntity.keys(appointment), ...appointment })
  const params = { appointmentId: appointment.appointmentId }
  const answer = await desk.call('telehealth.create', { params })
  if (answer.status !== 201) throw new Error(`not prepared: ${answer.status} ${answer.body.code}`)
  return { appointment, telehealthId: answer.body.telehealthId as string }
}

export const join = (client: Client, telehealthId: string) =>
  client.call('telehealth.join', { params: { telehealthId } })

export const admit = (client: Client, telehealthId: string, userId: string) =>
  client.call('telehealth.admit', { params: { telehealthId }, body: { userId } })

export const end = (client: Client, telehealthId: string) => client.call('telehealth.end', { params: { telehealthId } })

/** A session as the table has it: itself first, then whoever is in it. */
export async function roomOf({ practice }: TestPractice, telehealthId: string) {
  const items = await itemsAt(`TELEHEALTH#${practice.practiceId}#${telehealthId}`)
  const session = items.find(({ sk }) => sk === 'SESSION')
  return {
    session: session as unknown as TelehealthSession | undefined,
    participants: items.filter(item => item !== session) as unknown as Participant[],
  }
}

const chime = new ChimeSDKMeetingsClient({ endpoint: place.environment.AWS_ENDPOINT_URL, region: 'us-east-1' })

/** Ends a meeting behind our back, as the service does with one that stands empty. */
export const endAtService = (MeetingId: string) => chime.send(new DeleteMeetingCommand({ MeetingId }))

/** Whether a meeting lives. */
export const lives = (MeetingId: string): Promise<boolean> =>
  chime.send(new GetMeetingCommand({ MeetingId })).then(
    () => true,
    error => {
      if (error.name === 'NotFoundException') return false
      throw error
    },
  )

/** Whom the service has let into a meeting. */
export async function attendeesOf(MeetingId: string): Promise<(string | undefined)[]> {
  const { Attendees = [] } = await chime.send(new ListAttendeesCommand({ MeetingId }))
  return Attendees.map(({ ExternalUserId }) => ExternalUserId)
}
