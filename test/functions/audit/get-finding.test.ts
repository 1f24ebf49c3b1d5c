import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { findingsOf, recordAt, review } from './reviews.ts'

describe('GET /audit-findings/{day}/{findingId}', () => {
  it('200 leads to the records that show it, and is audited', async () => {
    const practice = await newPractice()
    const auditor = await practice.as('auditor')
    const day = '2026-03-08'
    const records = []
    for (let minute = 10; minute < 15; minute++) {
      records.push(
        await recordAt(practice, `${day}T10:${minute}:00.000Z`, {
          actor: { type: 'user', id: practice.users.biller.userId, role: 'biller' },
          outcome: 'success',
          patientId: practice.patients[0]?.patientId,
        }),
      )
    }
    await review(practice, day)
    const [{ findingId } = {}] = await findingsOf(practice, day)
    const answer = await auditor.call('audit.get-finding', { params: { day, findingId: String(findingId) } })
    expect([answer.status, answer.body]).toMatchObject([
      200,
      { kind: 'after-hours', count: 5, events: records.map(({ auditEventId }) => auditEventId) },
    ])
    expect(await practice.recordsOf(answer)).toMatchObject([
      { name: 'audit.get-finding', verb: 'R', entity: { type: 'ReviewFinding', id: findingId } },
    ])
  })
})
