import * as z from 'zod'

/** A moment, ISO 8601 in UTC with milliseconds: `2026-11-22T14:00:00.000Z`. Sorts as text. */
export const Instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/, 'must be an instant such as 2026-11-22T14:00:00.000Z')
  .refine(text => new Date(text).toJSON() === text, 'must be an instant that exists')
export type Instant = z.infer<typeof Instant>

/** A calendar date without a zone: `2026-11-22`. */
export const LocalDate = z.iso.date('must be a date such as 2026-11-22')
export type LocalDate = z.infer<typeof LocalDate>

/** What a clock on the wall shows, without a zone: `2026-11-22T09:00`. To 2199: the last of 9999 has ends without a moment. */
export const WallTime = z
  .string()
  .regex(/^(19|2[01])\d{2}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d$/, 'must be a wall time such as 2026-11-22T09:00')
  .refine(text => z.iso.date().safeParse(text.slice(0, 10)).success, 'must be a date that exists')
export type WallTime = z.infer<typeof WallTime>

/** A time of day, `09:00`; `24:00` closes a day. */
export const TimeOfDay = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'must be a time of day such as 09:00')
export type TimeOfDay = z.infer<typeof TimeOfDay>

/** An IANA time zone, `America/Chicago`. */
export const Zone = z.string().max(64).refine(isZone, 'must be an IANA time zone such as America/Chicago')
export type Zone = z.infer<typeof Zone>

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name })
    return name.includes('/') || name === 'UTC'
  } catch {
    return false
  }
}
