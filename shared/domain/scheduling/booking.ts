import type { FieldError } from '../../kernel/problem.ts'
import type { Appointment } from '../../schema/appointments.ts'
import type { Role } from '../../schema/identity.ts'
import type { Practitioner } from '../../schema/practitioners.ts'
import type { Instant, WallTime } from '../../schema/time.ts'
import { isAvailable } from './availability.ts'
import { instantOf, plusMinutes } from './wallTime.ts'

/** When an appointment is: by the wall and as moments. */
export type AppointmentTime = Pick<Appointment, 'start' | 'zone' | 'startsAt' | 'endsAt' | 'minutes'>

export type TimeRefusal = 'wall-time-missing' | 'start-too-early' | 'outside-availability'

/** The time that a wall time means for a practitioner, or why it cannot be booked. Whether it is free the table decides. */
export function planTime(
  wanted: { start: WallTime; minutes: number },
  { zone, availability }: Pick<Practitioner, 'zone' | 'availability'>,
  role: Role | undefined,
  now: Instant,
): { time: AppointmentTime } | { refused: TimeRefusal; errors: FieldError[] } {
  const refuse = (refused: TimeRefusal, message: string) => ({ refused, errors: [{ path: 'body.start', message }] })
  const { start, minutes } = wanted
  const startsAt = instantOf(start, zone)
  if (!startsAt) return refuse('wall-time-missing', 'is skipped by the clocks that day')
  if (startsAt < earliestStart(role, now)) return refuse('start-too-early', 'has passed')
  if (!isAvailable(availability, zone, startsAt, minutes)) {
    return refuse('outside-availability', 'is outside the weekly availability')
  }
  return { time: { start, zone, startsAt, endsAt: plusMinutes(startsAt, minutes), minutes } }
}

/** Patients book ahead; the workforce and its programs may enter what happened in the last week. */
const earliestStart = (role: Role | undefined, now: Instant): Instant =>
  role === 'patient' ? now : plusMinutes(now, -7 * 24 * 60)
