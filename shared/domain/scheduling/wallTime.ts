import { Temporal } from 'temporal-polyfill'
import type { Instant, LocalDate, WallTime, Zone } from '../../schema/time.ts'

/**
 * The moment at which clocks of a zone show a wall time. Where clocks go back and show it twice it is the first time;
 * where they skip it there is none. What was agreed is the wall time, so it is kept beside the moment.
 */
export function instantOf(wall: WallTime, zone: Zone): Instant | undefined {
  const plain = Temporal.PlainDateTime.from(wall)
  const zoned = plain.toZonedDateTime(zone, { disambiguation: 'earlier' })
  return zoned.toPlainDateTime().equals(plain) ? asInstant(zoned.epochMilliseconds) : undefined
}

/** What clocks of a zone show at a moment. */
export function wallTimeOf(instant: Instant, zone: Zone): WallTime {
  return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDateTime().toString({ smallestUnit: 'minute' })
}

/** From a date's first moment in a zone to the next date's: 23, 24 or 25 hours. */
export function dayIn(date: LocalDate, zone: Zone): { from: Instant; to: Instant } {
  const start = Temporal.PlainDate.from(date).toZonedDateTime(zone)
  return {
    from: asInstant(start.epochMilliseconds),
    to: asInstant(start.add({ days: 1 }).startOfDay().epochMilliseconds),
  }
}

/** 1 is Monday, as ISO 8601 counts. */
export const weekdayOf = (date: LocalDate): number => Temporal.PlainDate.from(date).dayOfWeek

export { plusMinutes } from './instants.ts'

const asInstant = (ms: number): Instant => new Date(ms).toJSON()
