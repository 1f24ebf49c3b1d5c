import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { findingsOf, recordAt, review } from './reviews.ts'

const day = '2026-03-08'
const body = { decision: 'needs-follow-up', note: 'Asked the person; waiting for their answer.' }

describe('POST /audit-findings/{day}/{findingId}/decision', () => {
  let practice: TestPractice
  let auditor: Client
  let admin: Client
  const findings: Record<string, string> = {}
  beforeAll(async () => {
    practice = await newPractice()
    auditor = await practice.as('auditor')
    admin = await practice.as('admin')
    await (await practice.as('admin')).call('audit.set-thresholds', { body: { afterHours: 1 } })
    for (const role of ['biller', 'admin', 'practitioner'] as const) {
      await recordAt(practice, `${day}T10:30:00.000Z`, {
        actor: { type: 'user', id: practice.users[role].userId, role },
        outcome: 'success',
        patientId: practice.patients[0]?.patientId,
      })
    }
    await review(practice, day)
    for (const item of await findingsOf(practice, day)) {
      findings[(item.actor as { id: string }).id] = String(item.findingId)
    }
  })
  const paramsOf = (role: 'biller' | 'admin' | 'practitioner') => ({
    day,
    findingId: findings[practice.users[role].userId] ?? '',
  })
  const close = (client: Client, role: 'biller' | 'admin' | 'practitioner', decision: object = body) =>
    client.call('audit.close-finding', { params: paramsOf(role), body: decision })

  it('200 keeps who decided what, when and why', async () => {
    const answer = await close(admin, 'biller')
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { ...body, status: 'closed', decidedBy: admin.user.userId, version: 2 },
    ])
    const shown = await auditor.call('audit.get-finding', { params: paramsOf('biller') })
    expect(shown.body).toEqual(answer.body)
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'U', entity: { type: 'ReviewFinding', id: paramsOf('biller').findingId }, version: 2 },
    ])
    expect(JSON.stringify(await practice.recordsOf(answer))).not.toContain('Asked the person')
  })

  it('409 for a second decision', async () => {
    await close(admin, 'practitioner')
    const { status, body } = await close(admin, 'practitioner', { decision: 'no-issue', note: 'x' })
    expect([status, body.code]).toEqual([409, 'finding-closed'])
  })

  it('409 for whom it is about, and it stays open', async () => {
    const { status, body } = await close(admin, 'admin')
    expect([status, body.code]).toEqual([409, 'own-finding'])
    expect((await auditor.call('audit.get-finding', { params: paramsOf('admin') })).body.status).toBe('open')
  })

  it.each([
    ['no decision', { note: 'Nothing.' }],
    ['no reason', { decision: 'no-issue' }],
    ['an empty reason', { decision: 'no-issue', note: '  ' }],
    ['another decision', { decision: 'ignored', note: 'x' }],
  ])('400 for %s', async (_, decision) => {
    expect((await close(admin, 'admin', decision)).status).toBe(400)
  })

  it('404 for an auditor, who changes nothing', async () => {
    const { status, body } = await close(auditor, 'admin')
    expect([status, body.code]).toEqual([404, 'forbidden'])
  })

  it('404 for a finding that is not there, of another day or of another practice', async () => {
    const { findingId } = paramsOf('admin')
    const other = await (await newPractice()).as('admin')
    for (const [client, params] of [
      [admin, { day, findingId: `fnd_${'0'.repeat(20)}` }],
      [admin, { day: '2026-03-09', findingId }],
      [other, { day, findingId }],
    ] as const) {
      const answers = [
        await client.call('audit.close-finding', { params, body }),
        await client.call('audit.get-finding', { params }),
      ]
      for (const { status, body } of answers) expect([status, body.code]).toEqual([404, 'finding-not-found'])
    }
  })
})
