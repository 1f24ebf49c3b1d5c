import { type Availability, type Slot, weekdays } from '../../schema/practitioners.ts'
import type { Instant, LocalDate, Zone } from '../../schema/time.ts'
import { cellsOf } from './cells.ts'
import { dayIn, instantOf, plusMinutes, wallTimeOf, weekdayOf } from './wallTime.ts'

/** Starts are offered every so many minutes. */
const offerMinutes = 15

/**
 * True when every cell lies inside the weekly availability by the clocks of its zone. Cell by cell, so that a stretch over
 * midnight or over a switch of clocks needs no rule of its own.
 */
export function isAvailable(
  availability: readonly Availability[],
  zone: Zone,
  startsAt: Instant,
  minutes: number,
): boolean {
  return cellsOf(startsAt, minutes).every(cell => {
    const wall = wallTimeOf(cell, zone)
    const weekday = weekdays[weekdayOf(wall.slice(0, 10)) - 1]
    const time = wall.slice(11)
    return availability.some(stretch => stretch.weekday === weekday && stretch.from <= time && time < stretch.to)
  })
}

/**
 * The starts of a day that can still be booked: available, free for the whole length, and not past. Where clocks show a
 * time twice only the first is offered, since that is the moment that booking the time would mean.
 */
export function slotsOf(
  day: LocalDate,
  { availability, zone }: { availability: readonly Availability[]; zone: Zone },
  minutes: number,
  taken: ReadonlySet<Instant>,
  now: Instant,
): Slot[] {
  const { from, to } = dayIn(day, zone)
  const slots: Slot[] = []
  for (let startsAt = from; startsAt < to; startsAt = plusMinutes(startsAt, offerMinutes)) {
    const free = startsAt >= now && !cellsOf(startsAt, minutes).some(cell => taken.has(cell))
    if (!free || !isAvailable(availability, zone, startsAt, minutes)) continue
    const start = wallTimeOf(startsAt, zone)
    if (instantOf(start, zone) === startsAt) slots.push({ date: day, start, zone, startsAt, minutes })
  }
  return slots
}
