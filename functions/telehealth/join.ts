import * as z from 'zod'
import { standingOf } from '../../shared/domain/consents/standing.ts'
import { isOpen, partOf } from '../../shared/domain/telehealth/rooms.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { consentCheck } from '../../shared/ports/consents.ts'
import { meetings } from '../../shared/ports/meetings.ts'
import { telehealth } from '../../shared/ports/telehealth.ts'
import { TelehealthId } from '../../shared/schema/ids.ts'
import { JoinReply } from '../../shared/schema/telehealth.ts'

/**
 * Lets a participant in, or has them wait. The practitioner comes in; a patient waits, without any key to the meeting,
 * until admitted. The meeting's token is the session and its generation, so all who join share one meeting, and one that
 * the service has ended is followed by the next. Whoever joins, the patient's consent must stand at that very moment: the host
 * is told at once that it does not.
 */
export default defineAction({
  summary: 'Join a telehealth session',
  route: 'POST /telehealth/{telehealthId}/join',
  allow: 'telehealth:join',
  params: z.strictObject({ telehealthId: TelehealthId }),
  reply: { status: 200, schema: JoinReply },
  problems: ['telehealth-not-found', 'telehealth-ended', 'outside-join-window', 'consent-needed'],
  audit: { action: 'E', entity: 'TelehealthSession/{telehealthId}' },
  limit: 'write',
  timeout: 15,
  metric: 'TelehealthJoins',
  uses: { consentCheck, meetings, telehealth },

  async handle({ params: { telehealthId }, actor, consentCheck, meetings, telehealth, now, about, commit, fail }) {
    const [room, policy] = await Promise.all([telehealth.room(telehealthId), consentCheck.policy()])
    const part = room && partOf(room.session, actor)
    const { userId } = actor
    if (!room || !part || !userId) return fail('telehealth-not-found')
    const { session, participants } = room
    about({ patientId: session.patientId })
    if (session.status === 'ended') return fail('telehealth-ended')
    if (!isOpen(session, part, now)) return fail('outside-join-window')

    const { oldest } = standingOf(policy, 'telehealth')
    const consented = consentCheck.mustStand(session.patientId, 'telehealth', oldest)
    const known = participants.find(participant => participant.userId === userId)
    if (part === 'patient' && (!known || known.status === 'waiting')) {
      const arrives = telehealth.arrive(telehealthId, known, { userId, part, status: 'waiting' })
      await commit(consented, ...(known ? [] : [arrives]))
      return { status: 'waiting' as const, telehealthId }
    }

    let { meeting, generation } = session
    let attendee = meeting && (await meetings.admit(meeting.meetingId, userId))
    while (!meeting || !attendee) {
      // The first meeting is generation 0; every one that is found to be over makes room for the next.
      if (meeting) generation++
      meeting = await meetings.create(`${telehealthId}-g${generation}`, telehealthId)
      attendee = await meetings.admit(meeting.meetingId, userId)
      if (!attendee && generation > session.generation + 2) return fail('telehealth-ended')
    }

    const { attendeeId } = attendee
    const { meetingId } = meeting
    const arrived = { userId, part, status: 'connected', attendeeId, meetingId } as const
    await commit(
      consented,
      telehealth.arrive(telehealthId, known, arrived),
      ...(meetingId === session.meeting?.meetingId ? [] : [telehealth.started(session, generation, meeting)]),
    )
    return { status: 'connected' as const, telehealthId, meeting, attendee }
  },
})
