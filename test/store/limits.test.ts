import { describe, expect, it } from 'vitest'
import { quotas } from '../../shared/domain/quotas.ts'
import { randomToken } from '../../shared/kernel/random.ts'
import { limited } from '../../shared/store/limited.ts'
import { limits } from '../../shared/store/limits.ts'
import { itemsAt, place } from '../harness/index.ts'

void place
const signal = AbortSignal.timeout(60_000)
const at = (ms: number) => limits({ now: new Date(ms).toJSON(), signal })

describe('the counters of the limiter', () => {
  const { window } = quotas.credential
  // The end of a page: the last slot of the last window, and the first of the next page.
  const edge = 100 * (window / 10) * 1000 * 60_000
  const { quota } = quotas.credential

  it('let the quota through once, of twice as many at once', async () => {
    const subject = randomToken()
    const taken = await Promise.all(Array.from({ length: 2 * quota }, () => at(edge).take('credential', subject)))
    expect(taken.filter(({ allowed }) => allowed)).toHaveLength(quota)
    expect(taken.filter(({ crossed }) => crossed)).toHaveLength(1)
    expect(await itemsAt(`LIMIT#credential#${subject}`)).toHaveLength(1)
  })

  it('let it through once across the edge of a page, at once on both sides', async () => {
    const subject = randomToken()
    await Promise.all(Array.from({ length: quota }, () => at(edge - 1).take('credential', subject)))
    const after = await Promise.all(Array.from({ length: quota }, () => at(edge + 1).take('credential', subject)))
    expect(after.filter(({ allowed }) => allowed)).toEqual([])
    expect(after[0]?.retryAfter).toBe(window)
    expect((await at(edge + window * 1000 - 1).take('credential', subject)).allowed).toBe(false)
    const free = await at(edge + 2 * window * 1000 + 30_000).take('credential', subject)
    expect([free.allowed, free.remaining]).toEqual([true, quota - 1])
  })

  it('leave one mark of a crossing in a window, however many go over', async () => {
    const now = Date.parse('2031-03-04T05:00:00.000Z')
    const subject = randomToken()
    for (let count = 0; count < quota + 5; count++) await at(now + count).take('credential', subject)
    const { ofDay, everybody } = limited({ signal })
    const marks = await ofDay(everybody, '2031-03-04', 100)
    expect(marks).toEqual([
      {
        class: 'credential',
        kind: 'address',
        subject: expect.stringMatching(/^[\w-]{10}$/),
        count: quota + 1,
        window,
        at: new Date(now + quota).toJSON(),
      },
    ])
    expect(JSON.stringify(marks)).not.toContain(subject)
  })

  it('take back what was counted, also at the end of a page', async () => {
    for (const ms of [edge - 1, edge + 1]) {
      const subject = randomToken()
      await at(ms).take('write', subject)
      await at(ms).undo('write', subject)
      expect((await at(ms + 2).take('write', subject)).remaining).toBe(quotas.write.quota - 1)
    }
  })
})
