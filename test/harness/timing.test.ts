import { describe, expect, it } from 'vitest'
import { alike, compared, provenApart } from './timing.ts'

describe('what samples of time prove', () => {
  /** Samples about a median, of which every fifth met a busy machine. */
  const samples = (count: number, median: number, noise = 0.2) =>
    Array.from({ length: count }, (_, index) => {
      const spread = median * (1 + noise * (((index * 37) % 21) / 10 - 1))
      return index % 5 ? spread : spread * 3
    })

  it('finds what no noise explains', () => {
    expect(alike(samples(120, 10), samples(120, 14))).toBe(false)
    expect(provenApart(samples(120, 10), samples(120, 14))).toBe(true)
    expect(provenApart(samples(120, 14), samples(120, 10))).toBe(true)
  })

  it('finds a hash left out in eleven samples', () => {
    expect(provenApart(samples(11, 300), samples(11, 12))).toBe(true)
  })

  it('proves nothing by what a busy machine does, and nothing by less than a network hides', () => {
    expect(provenApart(samples(120, 11.2, 0.4), samples(120, 12.3, 0.4))).toBe(false)
    expect(provenApart(samples(120, 2), samples(120, 2.9))).toBe(false)
    expect(alike(samples(120, 2), samples(120, 2.9))).toBe(true)
  })

  it('says both medians and what they may be', () => {
    expect(compared(samples(120, 10, 0), samples(120, 20, 0))).toBe(
      '10.0 ms (10.0 to 10.0) against 20.0 ms (20.0 to 20.0)',
    )
  })
})
