import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addressSubject,
  allowance,
  configurable,
  networkOf,
  placesOf,
  type QuotaName,
  quotas,
  withinBounds,
} from '../../../shared/domain/quotas.ts'

/** The limiter on counters in memory: what the table does in one update. */
function limiter(name: QuotaName, quota: number) {
  const pages = new Map<string, number>()
  return (ms: number) => {
    const places = placesOf(name, ms)
    for (const { page, slot } of places) {
      pages.set(`${page} ${slot}`, (pages.get(`${page} ${slot}`) ?? 0) + 1)
    }
    return allowance(name, quota, slot => pages.get(`${places[0].page} ${slot}`) ?? 0, places[0], ms)
  }
}

/** Moments of requests: bursts and pauses, over many windows and the edges of slots, windows and pages. */
const moments = (window: number) =>
  fc
    .tuple(
      fc.integer({ min: 0, max: 2_000_000_000 }),
      fc.array(fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: window * 400 })), {
        maxLength: 300,
      }),
    )
    .map(([start, gaps]) => {
      let ms = start * 1000
      return gaps.map(gap => {
        ms += gap
        return ms
      })
    })

describe.each(['credential', 'read'] as const)('the limit of %s, which slides', name => {
  const { window } = quotas[name]
  const ms = window * 1000
  const few = fc.integer({ min: 1, max: 30 })

  it('never lets more than the quota through in any window', () => {
    fc.assert(
      fc.property(few, moments(window), (quota, asked) => {
        const take = limiter(name, quota)
        const passed = asked.filter(at => take(at).allowed)
        for (const [index, at] of passed.entries()) {
          const inWindow = passed.slice(0, index + 1).filter(other => other > at - ms).length
          expect(inWindow).toBeLessThanOrEqual(quota)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('refuses nobody who asked at most the quota in a window and a tenth', () => {
    fc.assert(
      fc.property(few, moments(window), (quota, asked) => {
        const take = limiter(name, quota)
        for (const [index, at] of asked.entries()) {
          const { allowed } = take(at)
          const lately = asked.slice(0, index + 1).filter(other => other > at - ms * 1.1).length
          if (lately <= quota) expect(allowed).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('lets one in who waits for as long as it says, and not a second earlier than it must', () => {
    fc.assert(
      fc.property(few, moments(window), (quota, asked) => {
        const take = limiter(name, quota)
        for (const [index, at] of asked.entries()) {
          const { allowed, retryAfter } = take(at)
          if (allowed) continue
          expect(retryAfter).toBeLessThanOrEqual(window * 1.1)
          // Asked of copies, since a request that is refused counts too.
          const allowedIn = (seconds: number) => {
            const copy = limiter(name, quota)
            for (const before of asked.slice(0, index + 1)) copy(before)
            return copy(at + seconds * 1000).allowed
          }
          expect(allowedIn(retryAfter)).toBe(true)
          if (retryAfter > 1) expect(allowedIn(retryAfter - 1)).toBe(false)
          return
        }
      }),
      { numRuns: 300 },
    )
  })

  it('has no edge at which the quota can be had twice', () => {
    const quota = 20
    for (let edge = 0; edge < 110; edge++) {
      const take = limiter(name, quota)
      const start = edge * ms * 0.1 - 1 + 1_000 * ms
      const passed = Array.from({ length: 2 * quota }, (_, index) => take(start + (index < quota ? 0 : 2)).allowed)
      expect(passed.filter(Boolean)).toHaveLength(quota)
    }
  })

  it('tells of the one request that crosses it', () => {
    const take = limiter(name, 5)
    expect(Array.from({ length: 9 }, () => take(1_000 * ms).crossed)).toEqual([
      false,
      false,
      false,
      false,
      false,
      true,
      false,
      false,
      false,
    ])
  })
})

describe('a limit of the day', () => {
  it('begins anew with the day, as NIST counts', () => {
    const take = limiter('mfa-day', 3)
    const noon = Date.parse('2030-01-01T12:00:00.000Z')
    expect([1, 2, 3, 4].map(() => take(noon).allowed)).toEqual([true, true, true, false])
    expect(take(noon).retryAfter).toBe(43_200)
    expect(take(noon + 43_200_000).allowed).toBe(true)
  })
})

describe('quotas that a practice may set', () => {
  it.each(configurable)('%s is set between its floor and its ceiling, with the default in between', name => {
    const { floor, quota, ceiling } = quotas[name]
    expect(floor).toBeGreaterThan(0)
    expect(floor).toBeLessThanOrEqual(quota)
    expect(quota).toBeLessThanOrEqual(ceiling)
    expect([0, -1, 1e9].map(each => withinBounds(name, each))).toEqual([floor, floor, ceiling])
  })
})

describe('the network of an address', () => {
  it.each([
    ['192.0.2.10', '192.0.2.10'],
    ['::ffff:192.0.2.10', '192.0.2.10'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0001::', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
    expect(addressSubject(address)).toMatch(/^[\w-]{22}$/)
    expect(addressSubject(address)).toBe(addressSubject(network.replace('/64', '')))
  })
})
