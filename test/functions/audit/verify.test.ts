import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { at } from '../../harness/clock.ts'
import { newPractice, ownPlace, place, plant, type TestPractice, table, work } from '../../harness/index.ts'
import { inserted, sampleEvent } from './archive.ts'

describe('POST /audit-verifications of a time when the sealer was behind', () => {
  const hour = 3_600_000
  const then = Date.now() - 8 * hour
  const beats = async (...moments: number[]) => {
    for (const moment of moments) await at(moment, () => work('audit.heartbeat', sampleEvent('heartbeat')))
  }
  const made = () =>
    at(then, async () => {
      const practice = await newPractice()
      await (await practice.as('admin')).call('patients.list')
      return practice
    })
  const verified = async (practice: TestPractice) => {
    const body = { from: new Date(then - 60_000).toJSON(), to: new Date(then + 60_000).toJSON() }
    return (await (await practice.as('auditor')).call('audit.verify', { body })).body
  }
  beforeEach(ownPlace)

  it('finds what was sealed hours later, and nothing that would be missing', async () => {
    await beats(then - 300_000)
    const practice = await made()
    await beats(then + 3 * hour)
    const trail = await inserted((await practice.trail()) as never)
    await at(then + 5 * hour, () => work('audit.seal', trail))
    await beats(Date.now())
    const { findings, records } = await verified(practice)
    expect(findings).toEqual([])
    expect(records).toBeGreaterThan(0)
  })

  it('says that a record is missing that was never sealed', async () => {
    await beats(then - 300_000)
    const practice = await made()
    await beats(then + 3 * hour, Date.now())
    const { findings } = await verified(practice)
    expect(findings.length).toBeGreaterThan(0)
    expect(new Set(findings.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['table-inserted-record']))
  })

  it('does not take a pause for the end of the archive, and the end for a pause', async () => {
    const practice = await newPractice()
    await beats(then - 300_000, then + 3 * hour)
    expect((await verified(practice)).findings).toEqual([])
    await ownPlace()
    const other = await newPractice()
    await beats(then - 300_000)
    expect((await verified(other)).findings).toEqual([expect.objectContaining({ kind: 'archive-cut-off' })])
  })
})

describe('POST /audit-verifications', () => {
  let practice: TestPractice
  const period = () => ({
    from: new Date(Date.now() - 600_000).toJSON(),
    to: new Date(Date.now() + 60_000).toJSON(),
  })
  const verify = async (body: object = period()) => (await practice.as('auditor')).call('audit.verify', { body })
  const items = async () => (await practice.trail()) as unknown as Record<string, unknown>[]

  beforeAll(async () => {
    practice = await newPractice()
    const admin = await practice.as('admin')
    for (let count = 0; count < 6; count++) await admin.call('patients.list')
    await work('audit.seal', await inserted((await practice.trail()) as never))
  })

  it('200 with nothing to find, of a trail that nobody touched', async () => {
    const { status, body } = await verify()
    expect(status).toBe(200)
    expect(body).toMatchObject({ findings: [], more: 0 })
    expect(body.records).toBeGreaterThan(20)
    expect(body.manifests).toBeGreaterThan(0)
  })

  it('200 names a record that was changed in the table, and nothing of what it says', async () => {
    const record = (await items())[4]!
    await plant({ ...record, outcome: 'denied' })
    const { body } = await verify()
    expect(body.findings).toEqual([
      { kind: 'table-changed-record', at: `${record.auditEventId} ${record.chain}:${record.sequence}` },
    ])
    await plant(record)
    expect((await verify()).body.findings).toEqual([])
  })

  it('200 names a record that was removed from the table', async () => {
    const record = (await items())[7]!
    const Key = { pk: record.pk, sk: record.sk }
    await table.send(new DeleteCommand({ TableName: place.environment.TABLE_NAME, Key }))
    const { body } = await verify()
    expect(body.findings).toEqual([
      { kind: 'table-lacks-record', at: `${record.auditEventId} ${record.chain}:${record.sequence}` },
    ])
    await plant(record)
  })

  it('200 names a record that somebody put into the table', async () => {
    const record = (await items())[9]!
    const recordedAt = new Date(Date.now() - 590_000).toJSON()
    const forged = { ...record, sk: `aud_${'0'.repeat(20)}`, auditEventId: `aud_${'0'.repeat(20)}`, recordedAt }
    await plant(forged)
    const { body } = await verify()
    expect(body.findings).toContainEqual({ kind: 'table-inserted-record', at: forged.auditEventId })
    await table.send(
      new DeleteCommand({ TableName: place.environment.TABLE_NAME, Key: { pk: record.pk, sk: forged.sk } }),
    )
  })

  it('400 for a period that ends before it begins, or is longer than a month', async () => {
    const { from, to } = period()
    expect((await verify({ from: to, to: from })).body.errors).toEqual([
      { path: 'body.to', message: 'must be after from' },
    ])
    const long = { from: '2026-01-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' }
    expect((await verify(long)).body.errors).toEqual([
      { path: 'body.to', message: 'must be at most 31 days after from' },
    ])
  })
})
