import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayIn, instantOf, plusMinutes, wallTimeOf, weekdayOf } from '../../../../shared/domain/scheduling/wallTime.ts'
import { Instant, LocalDate, WallTime } from '../../../../shared/schema/time.ts'
import { anyDay, anyInstant, anyZone, dateOf, minutesBetween, nearSwitch, switches } from './zones.ts'

const somewhere = fc.oneof(nearSwitch, fc.record({ zone: anyZone, instant: anyInstant }))

describe('a wall time', () => {
  it('of a moment leads back to it, or to the earlier of two moments that show it', () => {
    fc.assert(
      fc.property(somewhere, ({ zone, instant }) => {
        const back = instantOf(wallTimeOf(instant, zone), zone)
        expect(back).toBeDefined()
        // Clocks never go back by more than an hour.
        const ahead = minutesBetween(back ?? '', instant)
        expect([0, 30, 60]).toContain(ahead)
        expect(wallTimeOf(back ?? '', zone)).toBe(wallTimeOf(instant, zone))
      }),
      { numRuns: 500 },
    )
  })

  it('that means a moment is what clocks show then', () => {
    const wall = fc
      .tuple(anyDay, fc.integer({ min: 0, max: 287 }))
      .map(([day, step]) => `${day}T${new Date(step * 300_000).toJSON().slice(11, 16)}`)
    fc.assert(
      fc.property(wall, anyZone, (wall, zone) => {
        const instant = instantOf(wall, zone)
        if (instant) expect(wallTimeOf(instant, zone)).toBe(wall)
      }),
      { numRuns: 500 },
    )
  })

  it('follows its schema, as its moment does', () => {
    fc.assert(
      fc.property(somewhere, ({ zone, instant }) => {
        expect(WallTime.safeParse(wallTimeOf(instant, zone)).success).toBe(true)
        expect(Instant.safeParse(instantOf(wallTimeOf(instant, zone), zone)).success).toBe(true)
        expect(LocalDate.safeParse(dateOf(instant, zone)).success).toBe(true)
      }),
    )
  })

  it.each(switches.filter(({ skipped }) => skipped))(
    '$day $skipped in $zone is skipped: there is no such moment',
    ({ zone, day, skipped }) => {
      expect(instantOf(`${day}T${skipped}`, zone)).toBeUndefined()
    },
  )

  it.each(switches.filter(({ doubled }) => doubled))(
    '$day $doubled in $zone comes twice: it is the first',
    ({ zone, day, doubled, hours }) => {
      const first = instantOf(`${day}T${doubled}`, zone) ?? ''
      const second = plusMinutes(first, (hours - 24) * 60)
      expect(wallTimeOf(first, zone)).toBe(`${day}T${doubled}`)
      expect(wallTimeOf(second, zone)).toBe(`${day}T${doubled}`)
      expect(wallTimeOf(plusMinutes(first, (24 - hours) * 60), zone)).not.toBe(`${day}T${doubled}`)
    },
  )

  it('of a day that a zone left out is no moment', () => {
    expect(instantOf('2011-12-30T12:00', 'Pacific/Apia')).toBeUndefined()
  })
})

describe('a day', () => {
  it.each(switches)('$day in $zone has $hours hours', ({ zone, day, hours }) => {
    const { from, to } = dayIn(day, zone)
    expect(minutesBetween(from, to) / 60).toBe(hours)
  })

  it('is 23 to 25 hours long, begins where the one before ends, and holds its own moments alone', () => {
    fc.assert(
      fc.property(somewhere, ({ zone, instant }) => {
        const day = dateOf(instant, zone)
        const { from, to } = dayIn(day, zone)
        expect([23, 23.5, 24, 24.5, 25]).toContain(minutesBetween(from, to) / 60)
        expect(from <= instant && instant < to).toBe(true)
        expect(dateOf(from, zone)).toBe(day)
        expect(dateOf(plusMinutes(from, -1), zone) < day).toBe(true)
        expect(dateOf(plusMinutes(to, -1), zone)).toBe(day)
        expect(dayIn(dateOf(to, zone), zone).from).toBe(to)
      }),
      { numRuns: 300 },
    )
  })

  it('has its weekday, counted from Monday', () => {
    expect(['2030-03-04', '2030-03-09', '2030-03-10', '2028-02-29'].map(weekdayOf)).toEqual([1, 6, 7, 2])
    fc.assert(
      fc.property(anyDay, day => {
        expect(weekdayOf(day) % 7).toBe(new Date(`${day}T00:00:00Z`).getUTCDay())
      }),
    )
  })
})

describe('minutes', () => {
  it('add up, and are taken back', () => {
    const minutes = fc.integer({ min: -10_000, max: 10_000 })
    fc.assert(
      fc.property(anyInstant, minutes, minutes, (instant, a, b) => {
        expect(plusMinutes(plusMinutes(instant, a), b)).toBe(plusMinutes(instant, a + b))
        expect(minutesBetween(instant, plusMinutes(instant, a))).toBe(a)
        expect(plusMinutes(plusMinutes(instant, a), -a)).toBe(instant)
      }),
    )
  })
})
