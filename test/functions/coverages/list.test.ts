import { beforeAll, describe, expect, it } from 'vitest'
import { subscriberOf } from '../../../local/seed/cast.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /patients/{patientId}/coverages', () => {
  let practice: TestPractice
  let params: { patientId: string }
  beforeAll(async () => {
    practice = await newPractice()
    params = { patientId: practice.patients[0]?.patientId ?? '' }
    const desk = await practice.as('front-desk')
    for (const year of [2023, 2024, 2025, 2026]) {
      const period = { start: `${year}-01-01`, end: `${year}-12-31` }
      const body = { ...params, payerId: 'CASCADE1', ...subscriberOf(0), ...period }
      expect((await desk.call('coverages.create', { body })).status).toBe(201)
    }
  })

  const list = async (query: Record<string, string> = {}) =>
    (await practice.as('biller')).call('coverages.list', { params, query })
  const idsOf = (items: { coverageId: string }[]) => items.map(({ coverageId }) => coverageId)

  it("200 lists the patient's insurance, newest first, and nobody else's", async () => {
    const { status, body } = await list()
    expect(status).toBe(200)
    expect(body.items).toHaveLength(5)
    expect(idsOf(body.items)).toEqual(idsOf(body.items).sort().reverse())
    expect(body.items.every(({ patientId }: { patientId: string }) => patientId === params.patientId)).toBe(true)
    expect(body.items[0]).toMatchObject({ start: '2026-01-01', payer: { payerId: 'CASCADE1' } })
  })

  it('200 pages without losing or doubling any', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await list({ limit: '2', ...(cursor && { cursor }) })
      seen.push(...idsOf(body.items))
      cursor = body.next
    } while (cursor)
    expect(seen).toEqual(idsOf((await list()).body.items))
  })

  it('200 audits whose insurance was seen', async () => {
    const answer = await list()
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'coverages.list',
        verb: 'R',
        outcome: 'success',
        actor: expect.objectContaining({ role: 'biller' }),
        entity: { type: 'Patient', id: params.patientId },
        patientId: params.patientId,
      }),
    ])
  })

  it("200 is as empty for another practice's patient as for nobody", async () => {
    const other = await newPractice()
    const biller = await practice.as('biller')
    for (const patientId of [`pat_${'0'.repeat(20)}`, other.patients[0]?.patientId ?? '']) {
      const { status, body } = await biller.call('coverages.list', { params: { patientId } })
      expect([status, body]).toEqual([200, { items: [] }])
    }
  })

  it("200 or 400, and nobody else's, with a cursor of another patient's list", async () => {
    const biller = await practice.as('biller')
    const other = { patientId: practice.patients[1]?.patientId ?? '' }
    const { next } = (await list({ limit: '2' })).body
    const { status, body } = await biller.call('coverages.list', { params: other, query: { cursor: next } })
    expect([200, 400]).toContain(status)
    for (const { patientId } of body.items ?? []) expect(patientId).toBe(other.patientId)
  })

  it.each(['patient', 'auditor'] as const)('404 for a %s', async role => {
    const { status, body } = await (await practice.as(role)).call('coverages.list', { params })
    expect([status, body.code]).toEqual([404, 'forbidden'])
  })

  it('400 for an unknown filter', async () => {
    const { status, body } = await list({ payerId: 'CASCADE1' })
    expect([status, body.errors]).toEqual([400, [{ path: 'query.payerId', message: 'is not a known field' }]])
  })
})
