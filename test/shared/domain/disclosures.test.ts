import { describe, expect, it } from 'vitest'
import { retainUntil } from '../../../shared/domain/disclosures.ts'

describe('how long a disclosure must be told', () => {
  it.each([
    ['court-order', '2026-11-26T10:00:00.000Z', '2032-11-26'],
    ['part2-consent', '2026-11-26T10:00:00.000Z', '2029-11-26'],
    ['court-order', '2028-02-29T10:00:00.000Z', '2034-02-28'],
    ['part2-consent', '2028-02-29T10:00:00.000Z', '2031-02-28'],
    ['court-order', '0000-01-01T00:00:00.000Z', '0006-01-01'],
  ] as const)('%s of %s until %s', (basis, at, until) => {
    expect(retainUntil(basis, at)).toBe(until)
  })
})
