import type { ClientActor, UserActor } from '../../kernel/actor.ts'
import type { Participant, TelehealthSession, TelehealthView } from '../../schema/telehealth.ts'
import type { Instant } from '../../schema/time.ts'
import { plusMinutes } from '../scheduling/wallTime.ts'

/** When each part may come in, in minutes before the start and after the end. */
const window = { host: { before: 30, after: 60 }, patient: { before: 10, after: 15 } } as const

/** The part that somebody has in a session: its practitioner, its patient, or none. */
export function partOf(session: TelehealthSession, actor: UserActor | ClientActor): Participant['part'] | undefined {
  if (actor.practitionerId && actor.practitionerId === session.practitionerId) return 'host'
  return actor.role === 'patient' && actor.patientId === session.patientId ? 'patient' : undefined
}

export function isOpen({ startsAt, endsAt }: TelehealthSession, part: Participant['part'], now: Instant): boolean {
  const { before, after } = window[part]
  return plusMinutes(startsAt, -before) <= now && now <= plusMinutes(endsAt, after)
}

/** A session as its people see it: without the meeting, whose keys only a join gives out. */
export const roomView = ({
  session,
  participants,
}: {
  session: TelehealthSession
  participants: readonly Participant[]
}): TelehealthView => ({
  telehealthId: session.telehealthId,
  appointmentId: session.appointmentId,
  status: session.status,
  opensAt: plusMinutes(session.startsAt, -window.patient.before),
  closesAt: plusMinutes(session.endsAt, window.patient.after),
  participants: participants.map(({ userId, part, status }) => ({ userId, part, status })),
})
