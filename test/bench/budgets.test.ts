import { describe, expect, it } from 'vitest'
import type { Sample } from '../../bench/actions/recorder.ts'
import { summarise } from '../../bench/actions/summary.ts'
import { budgets, over } from '../../bench/report/budgets.ts'

describe('over', () => {
  it('lets a figure at its budget pass', () => {
    expect(over('bundleKb', 'claims.submit', budgets.bundleKb)).toEqual([])
  })

  it('names what is over, and by how much, without rounding it away', () => {
    expect(over('bundleKb', 'claims.submit', 500.4)).toEqual(['claims.submit: 500.4 KB, and 500 is the most'])
  })

  it('takes what is no number as over', () => {
    expect(over('coldRatio', 'claims.submit', Number.NaN)).toHaveLength(1)
  })
})

describe('the depth of round trips', () => {
  const sample = (id: string, sequential: number, variant = ''): Sample => ({
    id,
    variant,
    sequential,
    keyTrips: 0,
    total: sequential + 1,
    readUnits: 1,
    writeUnits: 2,
    auditUnits: 1,
    others: [],
    cpuMs: 2,
    hashMs: 1,
    ms: 5,
  })
  const authenticated = new Set(['claims.submit'])

  it('is the greatest that was seen: one request over the budget misses it', () => {
    const { rows, missed } = summarise(
      [3, 3, 4, 3].map(depth => sample('claims.submit', depth)),
      authenticated,
    )
    expect(rows).toMatchObject([{ function: 'claims.submit', sequential: 4, total: 4 }])
    expect(missed).toEqual(['claims.submit: 4 sequential round trips, and 3 is the most'])
  })

  it('has a budget for authenticated requests only', () => {
    expect(summarise([sample('claims.collect', 9)], authenticated).missed).toEqual([])
  })

  it('is kept apart for each way through an action', () => {
    const { rows } = summarise([sample('a.b', 2, 'host'), sample('a.b', 3, 'waits')], authenticated)
    expect(rows.map(row => [row.function, row.sequential])).toEqual([
      ['a.b (host)', 2],
      ['a.b (waits)', 3],
    ])
  })

  it('stands beside CPU time, with the hash, as a multiple of one Get', () => {
    const { rows } = summarise([sample('bench.get', 1), sample('auth.login', 3)], authenticated)
    expect(rows).toMatchObject([{ function: 'bench.get' }, { function: 'auth.login', 'CPU ms': 3, '× one Get': 1.5 }])
  })
})
