import { describe, expect, it } from 'vitest'
import { latencyRow } from '../../bench/load/latencies.ts'
import { Log } from '../../bench/load/log.ts'

describe('a log of requests', () => {
  it('takes only what is heard between its beginning and its end, and counts failures', () => {
    const log = new Log()
    log.hear('book', 1)
    log.begin()
    log.hear('book', 2)
    log.hear('book', 3, '503 unavailable')
    log.end()
    log.hear('book', 4)
    expect(log.all).toEqual([2, 3])
    expect([...log.steps]).toEqual([['book', [2, 3]]])
    expect([...log.failures]).toEqual([['book 503 unavailable', 1]])
  })
})

describe('latencyRow', () => {
  it('stands each percentile beside that of the empty handler', () => {
    const row = latencyRow('book', { ms: [10, 20], seconds: 2 }, { ms: [2, 4], seconds: 2 })
    expect(row).toMatchObject({ count: 2, 'req/s': 1, 'p50 ms': 10, 'p50 × empty': 5, 'p99 × empty': 5 })
  })
})
