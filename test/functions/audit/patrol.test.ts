import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AuditRecord } from '../../../shared/schema/audit.ts'
import { at, plus } from '../../harness/clock.ts'
import { type Client, newPractice, ownPlace, type TestPractice, work } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { inserted, sampleEvent } from './archive.ts'

const minutes = 60_000
/** What the patrols of these tests see is an hour of one day, whatever day it is. */
const now = new Date(Date.now() - 2 * 86_400_000).toJSON()
let practice: TestPractice
let client: Client

beforeAll(async () => {
  practice = await newPractice()
})
beforeEach(async () => {
  // An archive of its own: what one test leaves in it is no finding of the next.
  await ownPlace()
  practice = await newPractice()
})

/** Six records of one chain, in its order, so many minutes before the patrol. */
async function recorded(ago: number): Promise<AuditRecord[]> {
  const moment = plus(now, -ago * minutes)
  const known = new Set((await practice.trail()).map(({ auditEventId }) => auditEventId))
  await at(moment, async () => {
    client = await practice.as('admin')
    for (let count = 0; count < 6; count++) await client.call('health.detailed')
  })
  const made = (await practice.trail()).filter(({ auditEventId }) => !known.has(auditEventId)) as AuditRecord[]
  const [longest = []] = [...Map.groupBy(made, ({ chain }) => chain).values()].sort((a, b) => b.length - a.length)
  return longest.sort((a, b) => a.sequence - b.sequence)
}

const sealed = async (records: AuditRecord[], ago: number) => {
  const batch = await inserted(records as never)
  await at(plus(now, -ago * minutes), () => work('audit.seal', batch))
}

/** What a patrol counts, after heartbeats that show that the archive goes on. */
async function patrol(): Promise<number> {
  await at(plus(now, -minutes), () => work('audit.heartbeat', {}))
  const output = await outputOf(() => at(now, () => work('audit.patrol', sampleEvent('patrol'))))
  return Number(/"AuditGaps":(\d+)/.exec(output)?.[1])
}

describe('audit.patrol', () => {
  it('finds nothing where nothing is lacking', async () => {
    await sealed(await recorded(60), 59)
    await sealed(await recorded(40), 39)
    expect(await patrol()).toBe(0)
  })

  it('finds a record that was never sealed, between two that were', async () => {
    const records = await recorded(60)
    expect(records.length).toBeGreaterThanOrEqual(5)
    records.splice(3, 1)
    await sealed(records, 59)
    expect(await patrol()).toBe(1)
  })

  it('takes a record that was sealed late for no gap', async () => {
    const records = await recorded(60)
    const [late] = records.splice(3, 1)
    await sealed(records, 59)
    await sealed([late as AuditRecord], 30)
    expect(await patrol()).toBe(0)
  })

  it('waits for what was recorded just now, and has seen what is older before', async () => {
    for (const ago of [10, 100]) {
      const records = await recorded(ago)
      records.splice(3, 1)
      await sealed(records, ago - 1)
    }
    expect(await patrol()).toBe(0)
  })

  it('finds that the end of the archive was cut off', async () => {
    await sealed(await recorded(60), 59)
    const output = await outputOf(() => at(now, () => work('audit.patrol', sampleEvent('patrol'))))
    expect(output).toContain('"AuditGaps":1')
  })
})
