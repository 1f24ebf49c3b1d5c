import { beforeAll, describe, expect, it } from 'vitest'
import { randomText } from '../../../shared/kernel/random.ts'
import type { Session } from '../../../shared/schema/identity.ts'
import { sessionEntity } from '../../../shared/store/sessions.ts'
import { plus } from '../../harness/clock.ts'
import { sdkError, withFault } from '../../harness/faults.ts'
import { sessionOf } from '../../harness/identity.ts'
import { newPractice, plant, type TestPractice, work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { left, removedBy, sweep } from './sweep.ts'

describe('the cleanup of sessions, every 15 minutes', () => {
  let practice: TestPractice
  let template: Session
  beforeAll(async () => {
    practice = await newPractice()
    template = (await sessionOf(practice.users.biller)).session
  })

  /** Sessions that ended, all in the index's partition that `first` leads to. */
  const ended = async (count: number, first = 'A', change: Partial<Session> = {}) => {
    const sessions = Array.from({ length: count }, () => ({
      ...template,
      absoluteExpiresAt: '2020-01-01T00:00:00.000Z',
      idleExpiresAt: '2020-01-01T00:00:00.000Z',
      ...change,
      tokenHash: `${first}${randomText(42)}`,
    }))
    await Promise.all(sessions.map(session => plant({ ...sessionEntity.keys(session), ...session })))
    return sessions.map(session => sessionEntity.keys(session))
  }
  const run = (remaining?: number) => sweep('clean-sessions', 'SessionsRemoved', remaining)

  it('removes what is over, in every partition of the index', async () => {
    const keys = (await Promise.all([...'ABCDEFGH'].map(first => ended(2, first)))).flat()
    expect(await run()).toBeGreaterThanOrEqual(16)
    expect(await left(keys)).toBe(0)
  })

  it('leaves what is not over, to the second', async () => {
    const now = new Date().toJSON()
    const over = await ended(1, 'B', { absoluteExpiresAt: plus(now, -1_000) })
    const alive = await ended(1, 'B', { absoluteExpiresAt: plus(now, 60_000), idleExpiresAt: plus(now, 60_000) })
    const idle = await ended(1, 'B', { absoluteExpiresAt: plus(now, 60_000), idleExpiresAt: plus(now, -60_000) })
    const client = await practice.as('admin')
    await run()
    expect([await left(over), await left(alive), await left(idle)]).toEqual([0, 1, 1])
    expect((await client.call('patients.list')).status).toBe(200)
  })

  it('compares the deadline at the item itself, whatever the index says', async () => {
    const session = { ...template, absoluteExpiresAt: '2099-01-01T00:00:00.000Z', tokenHash: `C${randomText(42)}` }
    const keys = { ...sessionEntity.keys(session), gsi2sk: '2020-01-01T00:00:00.000Z' }
    await plant({ ...keys, ...session })
    await run()
    expect(await left([keys])).toBe(1)
  })

  it('goes through as many pages as there are', async () => {
    const keys = await ended(230)
    expect(await run()).toBeGreaterThanOrEqual(230)
    expect(await left(keys)).toBe(0)
  })

  it('stops between two pages when its time is short, and goes on in the next run', async () => {
    const keys = await ended(230)
    // Of 5.5 s the pipeline keeps 0.7 for itself, so that after the first page less than five are left.
    expect(await run(5_500)).toBeGreaterThanOrEqual(100)
    expect(await left(keys)).toBe(130)
    await run(5_500)
    expect(await left(keys)).toBe(30)
    await run()
    expect(await left(keys)).toBe(0)
  })

  it('does the same once more and finds nothing of it', async () => {
    const keys = await ended(10)
    await run()
    const again = await run()
    expect(await left(keys)).toBe(0)
    expect(again).toBeLessThan(10)
  })

  it('counts a session once when two runs meet', async () => {
    const keys = await ended(250)
    const output = await outputOf(() =>
      Promise.all([work('maintenance.clean-sessions', {}), work('maintenance.clean-sessions', {})]),
    )
    const removed = removedBy(output, 'clean-sessions', 'SessionsRemoved')
    expect(removed).toBeGreaterThanOrEqual(250)
    expect(removed).toBeLessThan(300)
    expect(await left(keys)).toBe(0)
  })

  it('fails the run, and loses nothing, when the table does not answer; the next run does the work', async () => {
    const keys = await ended(3)
    const output = await outputOf(() =>
      withFault(
        command => command.startsWith('Delete'),
        sdkError('InternalServerError'),
        () => expect(work('maintenance.clean-sessions', {})).rejects.toThrow(),
      ),
    )
    expect(output).toContain('MessageFailures')
    expect(await left(keys)).toBe(3)
    await run()
    expect(await left(keys)).toBe(0)
  })
})
