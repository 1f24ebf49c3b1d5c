import type { Instant, LocalDate, Zone } from '../../schema/time.ts'
import { plusMinutes, wallTimeOf } from '../scheduling/wallTime.ts'

/** A day is reviewed when it has been over for so long: what was under way at midnight has its record by then. */
const graceMinutes = 60

/** How far back the first review of a practice begins, if the practice is older. */
const firstDays = 31

/**
 * The next day of a practice that is over and has no review: the one after the last that has. So a run that is missed is made up
 * for by the next, and a day that cannot be reviewed holds up those after it and is not passed over.
 */
export function nextReviewDay(
  last: LocalDate | undefined,
  { createdAt, zone }: { createdAt: Instant; zone: Zone },
  now: Instant,
): LocalDate | undefined {
  const today = wallTimeOf(plusMinutes(now, -graceMinutes), zone).slice(0, 10)
  const born = wallTimeOf(createdAt, zone).slice(0, 10)
  const earliest = plusDays(today, -firstDays)
  const next = last ? plusDays(last, 1) : born > earliest ? born : earliest
  return next < today ? next : undefined
}

/** Days that have been over since before yesterday and have no review. */
export const isOverdue = (next: LocalDate, zone: Zone, now: Instant): boolean =>
  next < plusDays(wallTimeOf(now, zone).slice(0, 10), -2)

const plusDays = (day: LocalDate, days: number): LocalDate =>
  new Date(Date.parse(day) + days * 86_400_000).toJSON().slice(0, 10)
