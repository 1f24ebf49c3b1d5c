import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { recordAt, review } from './reviews.ts'

describe('GET /audit-findings', () => {
  let practice: TestPractice
  let auditor: Client
  const days = ['2026-03-08', '2026-03-09']
  beforeAll(async () => {
    practice = await newPractice()
    auditor = await practice.as('auditor')
    await (await practice.as('admin')).call('audit.set-thresholds', { body: { afterHours: 1 } })
    for (const [index, day] of days.entries()) {
      for (const role of ['biller', 'practitioner'] as const) {
        await recordAt(practice, `${day}T1${index}:30:00.000Z`, {
          actor: { type: 'user', id: practice.users[role].userId, role },
          outcome: 'success',
          patientId: practice.patients[0]?.patientId,
        })
      }
      await review(practice, day)
    }
  })
  const list = (query: Record<string, string> = {}, client = auditor) => client.call('audit.list-findings', { query })

  it('200 lists those of a day', async () => {
    const { status, body } = await list({ day: days[0] ?? '' })
    expect(status).toBe(200)
    expect(body.items).toHaveLength(2)
    for (const item of body.items) expect(item).toMatchObject({ day: days[0], kind: 'after-hours', status: 'open' })
  })

  it('200 lists what waits, the latest day first, page by page, until it is decided', async () => {
    const { body } = await list()
    expect(body.items.map(({ day }: { day: string }) => day)).toEqual([days[1], days[1], days[0], days[0]])
    const first = (await list({ limit: '3' })).body
    const rest = (await list({ limit: '3', cursor: first.next })).body
    expect([...first.items, ...rest.items]).toEqual(body.items)
    const [{ day, findingId }] = body.items
    const decision = { decision: 'no-issue', note: 'On call.' }
    await (await practice.as('admin')).call('audit.close-finding', { params: { day, findingId }, body: decision })
    expect((await list()).body.items).toEqual(body.items.slice(1))
  })

  it('200 of the days that were reviewed, the latest first', async () => {
    const { status, body } = await auditor.call('audit.list-reviews')
    expect(status).toBe(200)
    expect(body.items.map(({ day, findings }: { day: string; findings: number }) => [day, findings])).toEqual([
      [days[1], 2],
      [days[0], 2],
    ])
  })

  it('200 holds nothing of another practice', async () => {
    const other = await (await newPractice()).as('auditor')
    expect((await list({}, other)).body).toEqual({ items: [] })
    expect((await list({ day: days[0] ?? '' }, other)).body).toEqual({ items: [] })
  })

  it('404 for who may not read the trail', async () => {
    expect((await list({}, await practice.as('supervisor'))).status).toBe(404)
  })
})
