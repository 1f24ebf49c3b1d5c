import fc from 'fast-check'
import { wallTimeOf } from '../../../../shared/domain/scheduling/wallTime.ts'
import type { Instant, LocalDate, Zone } from '../../../../shared/schema/time.ts'

/**
 * Zones that switch their clocks: by an hour in spring and autumn of the north, of the south, at midnight, by half an hour;
 * and some that do not.
 */
export const zones: Zone[] = [
  'America/Los_Angeles',
  'America/New_York',
  'America/Havana',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/Phoenix',
  'UTC',
]

/** What the clocks of a zone do on some days: the day, how long it is, and by how much clocks jump. */
export const switches = [
  { zone: 'America/Los_Angeles', day: '2030-03-10', hours: 23, skipped: '02:30', doubled: undefined },
  { zone: 'America/Los_Angeles', day: '2030-11-03', hours: 25, skipped: undefined, doubled: '01:30' },
  { zone: 'America/New_York', day: '2030-03-10', hours: 23, skipped: '02:00', doubled: undefined },
  { zone: 'America/New_York', day: '2030-11-03', hours: 25, skipped: undefined, doubled: '01:55' },
  { zone: 'America/Havana', day: '2030-03-10', hours: 23, skipped: '00:30', doubled: undefined },
  { zone: 'America/Havana', day: '2030-11-03', hours: 25, skipped: undefined, doubled: '00:30' },
  { zone: 'Australia/Lord_Howe', day: '2030-10-06', hours: 23.5, skipped: '02:15', doubled: undefined },
  { zone: 'Australia/Lord_Howe', day: '2030-04-07', hours: 24.5, skipped: undefined, doubled: '01:45' },
] as const

export const anyZone = fc.constantFrom(...zones)

/** Moments of four years, on the grid of five minutes. */
export const anyInstant: fc.Arbitrary<Instant> = fc
  .integer({ min: Date.UTC(2028, 0, 1) / 300_000, max: Date.UTC(2032, 0, 1) / 300_000 })
  .map(step => new Date(step * 300_000).toJSON())

export const anyDay: fc.Arbitrary<LocalDate> = anyInstant.map(instant => instant.slice(0, 10))

/** Moments within two days of a switch of the zone's clocks, where all that is hard happens. */
export const nearSwitch = fc
  .tuple(fc.constantFrom(...switches), fc.integer({ min: -2 * 288, max: 3 * 288 }))
  .map(([{ zone, day }, steps]) => ({
    zone: zone as Zone,
    instant: new Date(Date.parse(`${day}T00:00:00.000Z`) + steps * 300_000).toJSON() as Instant,
  }))

export const minutesBetween = (from: Instant, to: Instant): number => (Date.parse(to) - Date.parse(from)) / 60_000

/** The date in a zone at a moment. */
export const dateOf = (instant: Instant, zone: Zone): LocalDate => wallTimeOf(instant, zone).slice(0, 10)
