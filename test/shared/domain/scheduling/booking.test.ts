import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planTime } from '../../../../shared/domain/scheduling/booking.ts'
import { instantOf, plusMinutes, wallTimeOf } from '../../../../shared/domain/scheduling/wallTime.ts'
import { type Role, Role as Roles } from '../../../../shared/schema/identity.ts'
import { weekdays } from '../../../../shared/schema/practitioners.ts'
import { minutesBetween, nearSwitch, switches } from './zones.ts'

const availability = weekdays.map(weekday => ({ weekday, from: '00:00', to: '24:00' }))
const longAgo = '2000-01-01T00:00:00.000Z'
const role = fc.constantFrom(...Roles.options)
const workforce = Roles.options.filter(each => each !== 'patient')

describe('planning a time', () => {
  it('keeps the wall time that was asked for, and ends so many minutes after it begins, whatever clocks do', () => {
    fc.assert(
      fc.property(nearSwitch, fc.integer({ min: 1, max: 48 }), role, ({ zone, instant }, cells, who) => {
        const start = wallTimeOf(instant, zone)
        const plan = planTime({ start, minutes: cells * 5 }, { zone, availability }, who, longAgo)
        expect(plan).toEqual({
          time: {
            start,
            zone,
            startsAt: instantOf(start, zone),
            endsAt: plusMinutes(instantOf(start, zone) ?? '', cells * 5),
            minutes: cells * 5,
          },
        })
        if ('time' in plan) expect(minutesBetween(plan.time.startsAt, plan.time.endsAt)).toBe(cells * 5)
      }),
      { numRuns: 300 },
    )
  })

  it.each(switches.filter(({ skipped }) => skipped))(
    'refuses $day $skipped in $zone, which clocks skip',
    ({ zone, day, skipped }) => {
      const wanted = { start: `${day}T${skipped}`, minutes: 50 }
      expect(planTime(wanted, { zone, availability }, 'admin', longAgo)).toEqual({
        refused: 'wall-time-missing',
        errors: [{ path: 'body.start', message: 'is skipped by the clocks that day' }],
      })
    },
  )

  it('refuses the past to a patient from the very moment on', () => {
    const zone = 'America/New_York'
    const plan = (start: string, now: string, who: Role) =>
      planTime({ start, minutes: 5 }, { zone, availability }, who, now)
    const [start, startsAt] = ['2030-03-04T09:00', '2030-03-04T14:00:00.000Z']
    expect(plan(start, startsAt, 'patient')).toHaveProperty('time')
    expect(plan(start, '2030-03-04T14:00:00.001Z', 'patient')).toMatchObject({ refused: 'start-too-early' })
  })

  it.each(workforce)('lets the %s enter what happened in the last week, and nothing older', who => {
    const zone = 'America/New_York'
    const plan = (now: string) => planTime({ start: '2030-03-04T09:00', minutes: 5 }, { zone, availability }, who, now)
    expect(plan('2030-03-11T14:00:00.000Z')).toHaveProperty('time')
    expect(plan('2030-03-11T14:00:00.001Z')).toMatchObject({ refused: 'start-too-early' })
  })

  it('says that a time is skipped before it says that it has passed, and that before the weekly hours', () => {
    const wanted = { start: '2030-03-10T02:30', minutes: 5 }
    const later = '2031-01-01T00:00:00.000Z'
    const none = { zone: 'America/New_York', availability: [] }
    expect(planTime(wanted, none, 'patient', later)).toMatchObject({ refused: 'wall-time-missing' })
    expect(planTime({ ...wanted, start: '2030-03-10T04:30' }, none, 'patient', later)).toMatchObject({
      refused: 'start-too-early',
    })
    expect(planTime({ ...wanted, start: '2030-03-10T04:30' }, none, 'patient', longAgo)).toMatchObject({
      refused: 'outside-availability',
    })
  })
})
