import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, percentile, round } from '../../bench/report/figures.ts'

describe('percentile', () => {
  it('is a value that was seen', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
        fc.integer({ min: 0, max: 100 }),
        (values, p) => values.includes(percentile(values, p)),
      ),
    )
  })

  it('is the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([50, 95, 99, 100].map(p => percentile(hundred, p))).toEqual([50, 95, 99, 100])
    expect(median([9, 1, 5])).toBe(5)
  })

  it('of nothing is no number', () => {
    expect(percentile([], 50)).toBeNaN()
  })
})

describe('round', () => {
  it('keeps three digits', () => {
    expect([0.12345, 1.2345, 12.345, 123.45, 1234.5, 0].map(round)).toEqual([0.123, 1.23, 12.3, 123, 1235, 0])
  })
})
