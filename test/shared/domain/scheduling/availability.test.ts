import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAvailable, slotsOf } from '../../../../shared/domain/scheduling/availability.ts'
import { planTime } from '../../../../shared/domain/scheduling/booking.ts'
import { cellsOf } from '../../../../shared/domain/scheduling/cells.ts'
import { dayIn, plusMinutes, wallTimeOf, weekdayOf } from '../../../../shared/domain/scheduling/wallTime.ts'
import { type Availability, weekdays } from '../../../../shared/schema/practitioners.ts'
import type { Instant } from '../../../../shared/schema/time.ts'
import { anyZone, dateOf, minutesBetween, nearSwitch, switches } from './zones.ts'

const time = (step: number) =>
  `${String(Math.floor(step / 12)).padStart(2, '0')}:${String((step % 12) * 5).padStart(2, '0')}`
const stretch = fc
  .tuple(fc.constantFrom(...weekdays), fc.integer({ min: 0, max: 287 }), fc.integer({ min: 1, max: 288 }))
  .filter(([, from, to]) => from < to)
  .map(([weekday, from, to]): Availability => ({ weekday, from: time(from), to: time(to) }))
const hours = fc.array(stretch, { minLength: 1, maxLength: 20 })
const always: Availability[] = weekdays.map(weekday => ({ weekday, from: '00:00', to: '24:00' }))
const lengths = fc.constantFrom(5, 25, 50, 60, 90, 240)
const longAgo = '2000-01-01T00:00:00.000Z'

/** Cells of the day that somebody has, chosen by chance. */
const takenOn = (from: Instant, to: Instant, seed: readonly number[]) =>
  new Set(seed.map(step => plusMinutes(from, (step % Math.max(1, minutesBetween(from, to) / 5)) * 5)))

describe('the slots of a day', () => {
  const somewhere = fc.record({
    place: nearSwitch,
    hours,
    minutes: lengths,
    seed: fc.array(fc.nat(10_000), { maxLength: 40 }),
  })

  it('never touch a cell that is taken, are all available, and lie on their day in order', () => {
    fc.assert(
      fc.property(somewhere, ({ place: { zone, instant }, hours, minutes, seed }) => {
        const day = dateOf(instant, zone)
        const { from, to } = dayIn(day, zone)
        const taken = takenOn(from, to, seed)
        const slots = slotsOf(day, { availability: hours, zone }, minutes, taken, longAgo)
        for (const [index, slot] of slots.entries()) {
          expect(cellsOf(slot.startsAt, minutes).some(cell => taken.has(cell))).toBe(false)
          expect(isAvailable(hours, zone, slot.startsAt, minutes)).toBe(true)
          expect(slot).toMatchObject({ date: day, zone, minutes, start: wallTimeOf(slot.startsAt, zone) })
          expect(dateOf(slot.startsAt, zone)).toBe(day)
          expect(slot.startsAt > (slots[index - 1]?.startsAt ?? '')).toBe(true)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('can each be booked, at the very moment that it shows', () => {
    fc.assert(
      fc.property(somewhere, ({ place: { zone, instant }, hours, minutes }) => {
        const day = dateOf(instant, zone)
        for (const { start, startsAt } of slotsOf(day, { availability: hours, zone }, minutes, new Set(), longAgo)) {
          const plan = planTime({ start, minutes }, { zone, availability: hours }, 'patient', longAgo)
          expect(plan).toMatchObject({ time: { startsAt } })
        }
      }),
      { numRuns: 150 },
    )
  })

  it('are none before now', () => {
    fc.assert(
      fc.property(nearSwitch, ({ zone, instant }) => {
        const slots = slotsOf(dateOf(instant, zone), { availability: always, zone }, 50, new Set(), instant)
        expect(slots.every(({ startsAt }) => startsAt >= instant)).toBe(true)
      }),
    )
  })

  it.each(switches)('of $day in $zone are four an hour, each time once', ({ zone, day, hours }) => {
    const slots = slotsOf(day, { availability: always, zone }, 5, new Set(), longAgo)
    // What clocks show a second time cannot be booked by its name.
    expect(slots).toHaveLength(Math.min(24, hours) * 4)
    expect(new Set(slots.map(({ start }) => start)).size).toBe(slots.length)
  })

  it('are none at all without hours, or with every cell taken', () => {
    const { from, to } = dayIn('2030-03-10', 'America/New_York')
    const taken = new Set(cellsOf(from, minutesBetween(from, to)))
    expect(slotsOf('2030-03-10', { availability: [], zone: 'America/New_York' }, 5, new Set(), longAgo)).toEqual([])
    expect(slotsOf('2030-03-10', { availability: always, zone: 'America/New_York' }, 5, taken, longAgo)).toEqual([])
  })
})

describe('being available', () => {
  it('around the clock means always, over midnights and switches too', () => {
    fc.assert(
      fc.property(nearSwitch, lengths, ({ zone, instant }, minutes) => {
        expect(isAvailable(always, zone, instant, minutes)).toBe(true)
      }),
    )
  })

  it('is by the practitioner’s clock on both sides of a switch', () => {
    const mornings: Availability[] = weekdays.map(weekday => ({ weekday, from: '09:00', to: '12:00' }))
    fc.assert(
      fc.property(nearSwitch, ({ zone, instant }) => {
        const wall = wallTimeOf(instant, zone).slice(11)
        expect(isAvailable(mornings, zone, instant, 5)).toBe(wall >= '09:00' && wall < '12:00')
      }),
      { numRuns: 300 },
    )
  })

  it('is of a weekday', () => {
    const mondays: Availability[] = [{ weekday: 'monday', from: '00:00', to: '24:00' }]
    fc.assert(
      fc.property(nearSwitch, ({ zone, instant }) => {
        expect(isAvailable(mondays, zone, instant, 5)).toBe(weekdayOf(dateOf(instant, zone)) === 1)
      }),
    )
  })

  it('never grows when hours are taken away, and needs the whole length', () => {
    fc.assert(
      fc.property(nearSwitch, anyZone, hours, lengths, ({ instant }, zone, given, minutes) => {
        const whole = isAvailable(given, zone, instant, minutes)
        if (isAvailable(given.slice(1), zone, instant, minutes)) expect(whole).toBe(true)
        if (whole) for (const cell of cellsOf(instant, minutes)) expect(isAvailable(given, zone, cell, 5)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })
})
