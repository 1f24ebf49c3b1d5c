import type { Instant } from '../../schema/time.ts'

/** A moment so many minutes later: no zone, and so nothing of what knows zones. */
export const plusMinutes = (instant: Instant, minutes: number): Instant =>
  new Date(Date.parse(instant) + minutes * 60_000).toJSON()
