import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idsAt, randomText, randomToken } from '../../../shared/kernel/random.ts'
import * as ids from '../../../shared/schema/ids.ts'

const schemas = {
  prc: ids.PracticeId,
  usr: ids.UserId,
  pat: ids.PatientId,
  prn: ids.PractitionerId,
  cov: ids.CoverageId,
  apt: ids.AppointmentId,
  clm: ids.ClaimId,
  tel: ids.TelehealthId,
  ses: ids.SessionId,
  dev: ids.DeviceId,
  aud: ids.AuditEventId,
} as const
const kinds = Object.keys(schemas) as (keyof typeof schemas)[]
const instant = fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) }).map(milliseconds => new Date(milliseconds).toJSON())

describe('an id', () => {
  it.each(kinds)('of the kind %s follows its own schema and no other', kind => {
    fc.assert(
      fc.property(instant, now => {
        const id = idsAt(now)(kind)
        for (const other of kinds) expect(schemas[other].safeParse(id).success).toBe(other === kind)
      }),
    )
  })

  it('made later sorts later', () => {
    fc.assert(
      fc.property(instant, instant, (one, other) => {
        const [a, b] = [idsAt(one)('apt'), idsAt(other)('apt')]
        if (one < other) expect(a < b).toBe(true)
        if (one === other) expect(a.slice(0, 14)).toBe(b.slice(0, 14))
      }),
    )
  })

  it('is never made twice, in one millisecond either', () => {
    const newId = idsAt('2030-01-01T00:00:00.000Z')
    expect(new Set(Array.from({ length: 20_000 }, () => newId('aud'))).size).toBe(20_000)
  })

  it('without its prefix fits CLM01 of an 837P', () => {
    expect(idsAt('2030-01-01T00:00:00.000Z')('clm').slice('clm_'.length)).toHaveLength(20)
  })
})

describe('random text', () => {
  it('has the length asked for, in Crockford’s alphabet, each character as likely as another', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 64 }), length => {
        expect(randomText(length)).toMatch(new RegExp(`^[0-9A-HJKMNP-TV-Z]{${length}}$`))
      }),
    )
    const counts = new Map<string, number>()
    for (const character of randomText(64_000)) counts.set(character, (counts.get(character) ?? 0) + 1)
    expect(counts.size).toBe(32)
    // Of 2,000 expected: seven standard deviations either way.
    for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(310)
  })
})

describe('a token', () => {
  it('is 256 random bits that a URL and a cookie can hold', () => {
    const tokens = Array.from({ length: 1_000 }, randomToken)
    expect(new Set(tokens).size).toBe(1_000)
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/)
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  })
})
