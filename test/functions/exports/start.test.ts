import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, type TestPractice } from '../../harness/index.ts'
import { order, period, queued, stored } from './fixture.ts'

/** From so many days ago to so many. */
const old = (from: number, to: number) => ({
  from: new Date(Date.now() - from * 86_400_000).toJSON(),
  to: new Date(Date.now() - to * 86_400_000).toJSON(),
})

describe('POST /exports', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('202 keeps the order, calls the worker, and is audited', async () => {
    const auditor = await practice.as('auditor')
    const answer = await order(auditor)
    expect([answer.status, answer.body]).toMatchObject([
      202,
      { state: 'queued', kind: 'audit', format: 'fhir-ndjson', records: 0, bytes: 0, requestedBy: auditor.user.userId },
    ])
    const { exportId, createdAt, expiresAt } = answer.body
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(7 * 86_400_000)
    expect(await stored(practice, exportId)).toMatchObject({ exportId, attempts: 0, parts: [], version: 1 })
    expect(await queued(practice)).toEqual([{ practiceId: practice.practice.practiceId, exportId }])
    expect(await practice.recordsOf(answer)).toMatchObject([
      { name: 'exports.start', verb: 'E', outcome: 'success', entity: { type: 'Export', id: exportId } },
    ])
  })

  it('202 ends with the moment of the order, whatever was asked for', async () => {
    const { body } = await order(await practice.as('admin'))
    expect(body.to).toBe(body.createdAt)
    expect(body.to < period().to).toBe(true)
  })

  it.each([
    ['longer ago than anything is kept', old(2_193, 2_190)],
    ['yet to come', { from: new Date(Date.now() + 60_000).toJSON(), to: new Date(Date.now() + 120_000).toJSON() }],
  ])('422 for a period that is %s', async (_, change) => {
    const { status, body } = await order(await practice.as('auditor'), change)
    expect([status, body.code]).toEqual([422, 'period-not-kept'])
  })

  it('202 for what the table has no more, 422 for more of it than is read at once', async () => {
    const auditor = await practice.as('auditor')
    expect((await order(auditor, old(450, 420))).status).toBe(202)
    const { status, body } = await order(auditor, old(450, 418))
    expect([status, body.code]).toEqual([422, 'period-too-long'])
    expect((await order(auditor, old(380, 10))).status).toBe(202)
  })

  it.each([
    ['no end before its beginning', { to: '2020-01-01T00:00:00.000Z' }],
    ['another kind', { kind: 'patients' }],
    ['another format', { format: 'xlsx' }],
    ['a practice', { practiceId: `prc_${'0'.repeat(20)}` }],
  ])('400 for %s', async (_, change) => {
    expect((await order(await practice.as('auditor'), change)).status).toBe(400)
  })

  it.each(['practitioner', 'supervisor', 'biller', 'front-desk', 'patient'] as const)('404 for a %s', async role => {
    expect((await order(await practice.as(role))).status).toBe(404)
  })
})
