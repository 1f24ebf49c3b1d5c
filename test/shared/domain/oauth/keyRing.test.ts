import { describe, expect, it } from 'vitest'
import { nextRing } from '../../../../shared/domain/oauth/keyRing.ts'
import type { KeyRing } from '../../../../shared/schema/oauth.ts'
import { plus } from '../../../harness/clock.ts'

const start = '2026-01-01T00:00:00.000Z'
const minute = 60_000
const day = 24 * 60 * minute

/** A rotation by hand: publishing as the worker does, or not at all. */
function rotation() {
  let made = 0
  let ring: KeyRing = { keys: [] }
  const published = new Map<string, string>()
  return {
    step(now: string, { publish = true } = {}) {
      if (publish) for (const { kid } of ring.keys) if (!published.has(kid)) published.set(kid, now)
      const next = nextRing(
        ring,
        kid => published.get(kid),
        () => ({ kid: `key${++made}`, x: 'x', y: 'y', d: 'd' }),
        now,
      )
      if (next) ring = next
      return next !== undefined
    },
    stages: () => Object.fromEntries(ring.keys.map(({ kid, stage }) => [kid, stage])),
    made: () => made,
  }
}

describe('the rotation of signing keys', () => {
  it('makes the first key, and lets it sign when it is published', () => {
    const keys = rotation()
    keys.step(start, { publish: false })
    expect(keys.stages()).toEqual({ key1: 'pending' })
    expect(keys.step(start, { publish: false })).toBe(false)
    expect(keys.step(start)).toBe(true)
    expect(keys.stages()).toEqual({ key1: 'current' })
    expect(keys.step(start)).toBe(false)
  })

  it('after thirty days announces another for ten minutes, and the one before verifies for twenty', () => {
    const keys = rotation()
    keys.step(start)
    keys.step(start)
    const due = plus(start, 30 * day)
    expect(keys.step(plus(due, -1))).toBe(false)
    expect(keys.step(due)).toBe(true)
    expect(keys.stages()).toEqual({ key1: 'current', key2: 'pending' })
    expect(keys.step(due)).toBe(false)
    expect(keys.step(plus(due, 10 * minute - 1))).toBe(false)
    const signs = plus(due, 10 * minute)
    expect(keys.step(signs)).toBe(true)
    expect(keys.stages()).toEqual({ key1: 'previous', key2: 'current' })
    expect(keys.step(plus(signs, 20 * minute - 1))).toBe(false)
    expect(keys.step(plus(signs, 20 * minute))).toBe(true)
    expect(keys.stages()).toEqual({ key2: 'current' })
    expect(keys.made()).toBe(2)
  })

  it('lets no key sign that was never published, however long it waits', () => {
    const keys = rotation()
    keys.step(start)
    keys.step(start)
    const due = plus(start, 31 * day)
    keys.step(due)
    expect(keys.step(plus(due, 90 * day), { publish: false })).toBe(false)
    expect(keys.stages()).toMatchObject({ key1: 'current', key2: 'pending' })
  })
})
