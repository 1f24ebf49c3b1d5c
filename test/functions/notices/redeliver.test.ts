import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Notice } from '../../../shared/schema/notices.ts'
import { plus } from '../../harness/clock.ts'
import { newPractice, plant, type TestPractice, work } from '../../harness/index.ts'
import { found, tell, waysOut } from './fixture.ts'

const out = waysOut()
afterAll(out.restore)
beforeEach(out.open)

const scheduled = { source: 'aws.events', detail: {} }

describe('notices.redeliver', () => {
  let practice: TestPractice
  let count = 0
  beforeAll(async () => {
    practice = await newPractice()
  })
  const ago = (minutes: number) => plus(new Date().toJSON(), -minutes * 60_000)
  /** A notice to an address of its own, as old as that, and as often tried. */
  const waiting = async (minutes: number, change: Partial<Notice> = {}) => {
    const to = `waiting${++count}@nowhere.example`
    const notice = await tell(practice, { kind: 'new-device', to: { email: to }, createdAt: ago(minutes) })
    await plant({ ...notice, ...change })
    return { notice, to }
  }
  const run = () => work('notices.redeliver', scheduled)

  it('sends what is due, from every shard, and not what is new', async () => {
    const due = await Promise.all(Array.from({ length: 8 }, () => waiting(2)))
    const fresh = await waiting(0)
    await run()
    for (const { notice, to } of due) {
      expect(out.mails(to)).toHaveLength(1)
      expect(await found(notice)).toHaveProperty('sentAt')
    }
    expect(out.mails(fresh.to)).toEqual([])
    await run()
    for (const { to } of due) expect(out.mails(to)).toHaveLength(1)
    expect((await practice.trail()).filter(({ name }) => name === 'notices.redeliver')).toHaveLength(8)
  })

  it('sends once, of two runs at once', async () => {
    const { to } = await waiting(5)
    await Promise.all([run(), run()])
    expect(out.mails(to)).toHaveLength(1)
  })

  it.each([
    [1, 1, false],
    [1, 2, true],
    [3, 3, false],
    [3, 5, true],
    [30, 29, false],
    [30, 31, true],
  ])('after %i tries, the last one over for %i minutes: %s', async (attempts, minutes, due) => {
    const { to } = await waiting(minutes + 60, { attempts, leaseUntil: plus(ago(minutes), 1_000) })
    await run()
    expect(out.mails(to)).toHaveLength(due ? 1 : 0)
  })

  it('leaves to a delivery what it has', async () => {
    const { to } = await waiting(5, { attempts: 1, leaseUntil: plus(new Date().toJSON(), 30_000) })
    await run()
    expect(out.mails(to)).toEqual([])
  })

  it('gives up after a day', async () => {
    const { notice, to } = await waiting(24 * 60 + 1, { attempts: 9, leaseUntil: ago(60) })
    await run()
    expect(out.mails(to)).toEqual([])
    expect(await found(notice)).toHaveProperty('abandonedAt')
  })

  it('sends the others when one breaks, and fails the run', async () => {
    const broken = await waiting(9, { kind: 'password-reset', ticketId: `tkt_${'0'.repeat(20)}` as never })
    const other = await waiting(8)
    const origin = process.env.PORTAL_ORIGIN
    delete process.env.PORTAL_ORIGIN
    try {
      await expect(run()).rejects.toThrow()
    } finally {
      process.env.PORTAL_ORIGIN = origin
    }
    expect(out.mails(other.to)).toHaveLength(1)
    expect(await found(broken.notice)).not.toHaveProperty('sentAt')
  })
})
