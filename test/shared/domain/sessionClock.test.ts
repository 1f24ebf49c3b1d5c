import { describe, expect, it } from 'vitest'
import {
  carriesUntil,
  deadlines,
  isFresh,
  lastUse,
  openingDeadlines,
  shouldSlide,
  standing,
} from '../../../shared/domain/sessionClock.ts'
import type { Session, User } from '../../../shared/schema/identity.ts'
import { plus } from '../../harness/clock.ts'

const minute = 60_000
const noon = '2029-03-05T12:00:00.000Z'
const end = plus(noon, 480 * minute)

const user = { status: 'active', sessionEpoch: 3, role: 'admin' } as User
const session = (change: Partial<Session> = {}): Session =>
  ({ epoch: 3, role: 'admin', signedInAt: noon, ...openingDeadlines(noon, 'aal2', undefined), ...change }) as Session

describe('a session’s clock', () => {
  it.each([
    [15 * minute - 1, 'alive'],
    [15 * minute, 'over'],
    [15 * minute + 1, 'over'],
  ] as const)('%i ms after its last use it is %s', (ms, stands) => {
    expect(standing(session(), user, plus(noon, ms))).toBe(stands)
  })

  it.each([
    [-1, 'alive'],
    [0, 'over'],
    [1_000, 'over'],
  ] as const)('%i ms from its eight hours it is %s, however lately it was used', (ms, stands) => {
    expect(standing(session({ idleExpiresAt: plus(end, minute) }), user, plus(end, ms))).toBe(stands)
  })

  it.each([
    ['a new epoch', { sessionEpoch: 4 }],
    ['an older epoch', { sessionEpoch: 2 }],
    ['another role', { role: 'biller' }],
    ['a disabled user', { status: 'disabled' }],
  ] as const)('%s ends it at once', (_, change) => {
    expect(standing(session(), { ...user, ...change }, noon)).toBe('over')
  })

  it.each([
    [29_999, 'alive'],
    [30_000, 'reused'],
    [20 * minute, 'reused'],
    [480 * minute, 'over'],
  ] as const)('%i ms after it was replaced a token is %s', (ms, stands) => {
    expect(standing(session({ graceUntil: plus(noon, 30_000) }), user, plus(noon, ms))).toBe(stands)
  })

  it.each([
    [29_999, false],
    [30_000, true],
  ])('%i ms after the last the deadline moves: %s', (ms, moves) => {
    expect(shouldSlide(session(), plus(noon, ms))).toBe(moves)
  })

  it('does not move the deadline past the eight hours, nor that of a replaced token', () => {
    const late = plus(end, -minute)
    expect(deadlines(session({ idleExpiresAt: plus(late, 1) }), late, true).idleExpiresAt).toBe(end)
    expect(shouldSlide(session({ idleExpiresAt: end }), late)).toBe(false)
    expect(shouldSlide(session({ graceUntil: plus(noon, 30_000) }), plus(noon, 5 * minute))).toBe(false)
  })

  it('warns two minutes before: at the thirteenth', () => {
    expect(deadlines(session(), noon, false)).toEqual({
      idleExpiresAt: plus(noon, 15 * minute),
      absoluteExpiresAt: end,
      warnAt: plus(noon, 13 * minute),
    })
  })

  it('gives ten minutes to a half-done sign-in, and never more than an earlier end', () => {
    expect(openingDeadlines(noon, 'pending', undefined).absoluteExpiresAt).toBe(plus(noon, 10 * minute))
    const until = plus(noon, 5 * minute)
    expect(openingDeadlines(noon, 'aal2', undefined, until)).toEqual({ absoluteExpiresAt: until, idleExpiresAt: until })
    expect(openingDeadlines(noon, 'aal2', undefined, plus(end, 1)).absoluteExpiresAt).toBe(end)
    expect(openingDeadlines(plus(noon, minute), 'aal2', session()).absoluteExpiresAt).toBe(end)
  })

  it.each([
    [300_000, true],
    [300_001, false],
  ])('a factor that was shown %i ms ago is fresh: %s', (ms, fresh) => {
    expect(isFresh(session({ verifiedAt: noon }), plus(noon, ms))).toBe(fresh)
    expect(isFresh(session(), noon)).toBe(false)
  })

  it('a factor carries eight hours', () => {
    expect(carriesUntil(noon)).toBe(end)
  })

  it('knows when a session was last used, and never says that it was before the sign-in', () => {
    expect(lastUse(session())).toBe(noon)
    expect(lastUse(session({ idleExpiresAt: plus(noon, 20 * minute) }))).toBe(plus(noon, 5 * minute))
    expect(lastUse(session({ idleExpiresAt: plus(noon, 10 * minute) }))).toBe(noon)
  })
})
