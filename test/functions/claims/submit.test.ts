import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { fields, tally, told } from '../appointments/fixture.ts'
import { claimNow, content, draft, outboxOf, ownClearinghouse, ownQueue, transmit } from './fixture.ts'

const clearinghouse = await ownClearinghouse()
await ownQueue()

describe('POST /claims/{claimId}/submission', () => {
  let practice: TestPractice
  let admin: Client
  const submit = (claimId: string, client = admin) => client.call('claims.submit', { params: { claimId } })
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })

  it('202 puts the claim and its submission in one transaction, and audits it', async () => {
    const claim = await draft(practice, admin)
    const answer = await submit(claim.claimId, await practice.as('biller'))
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({ claimId: claim.claimId, status: 'active', transmission: 'queued', warnings: [] })
    expect(await claimNow(claim)).toMatchObject({ status: 'active', transmission: 'queued', version: 2 })
    expect(await outboxOf(claim)).toMatchObject([{ state: 'pending', submission: 2, attempts: 0 }])
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        verb: 'E',
        outcome: 'success',
        status: 202,
        entity: { type: 'Claim', id: claim.claimId },
        patientId: claim.patientId,
        changed: ['status', 'transmission', 'updatedAt'],
        version: 2,
      },
    ])
  })

  it('202 with what should be looked at and does not stop it', async () => {
    const claim = await draft(practice, admin)
    const lines = content.lines.map(({ minutes: _, ...line }) => line)
    const corrected = await admin.call('claims.update', {
      params: { claimId: claim.claimId },
      body: { version: 1, content: { ...content, lines } },
    })
    expect(corrected.status).toBe(200)
    const { status, body } = await submit(claim.claimId)
    expect(status).toBe(202)
    expect(body.warnings).toMatchObject([{ severity: 'warning', path: 'content.lines.0.minutes' }])
  })

  it('422 names each field that the payer would refuse, and the claim stays a draft', async () => {
    const claim = await draft(practice, admin)
    const lines = [{ ...content.lines[0], units: 2, modifiers: ['GT'], diagnosisPointers: [2] }]
    const params = { claimId: claim.claimId }
    await admin.call('claims.update', { params, body: { version: 1, content: { ...content, lines } } })
    const answer = await submit(claim.claimId)
    expect(told(answer)).toBe('422 claim-has-findings')
    expect(fields(answer).sort()).toEqual([
      'content.lines.0.diagnosisPointers',
      'content.lines.0.modifiers',
      'content.lines.0.units',
    ])
    expect(await claimNow(claim)).toMatchObject({ status: 'draft', transmission: 'none', version: 2 })
    expect(await outboxOf(claim)).toEqual([])
    expect(await practice.recordsOf(answer)).toMatchObject([{ outcome: 'denied', reason: 'claim-has-findings' }])
  })

  it('202 once when twenty submit at once: one place in the outbox, and one interchange at the clearinghouse', async () => {
    const claim = await draft(practice, admin)
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit(claim.claimId)))
    expect(tally(answers)).toEqual({ '202': 1, '409 claim-not-draft': 19 })
    const waiting = await outboxOf(claim)
    expect(waiting).toHaveLength(1)

    const { practiceId, claimId } = claim
    const message = { practiceId, claimId, submission: waiting[0]?.submission as number }
    await Promise.all(Array.from({ length: 5 }, () => transmit(message, message)))
    const sent = await claimNow(claim)
    expect(sent).toMatchObject({ transmission: 'sent' })
    expect(await clearinghouse.arrivals(sent.interchangeNumber ?? 0)).toBe(1)
    expect((await clearinghouse.waiting()).map(({ kind }) => kind)).toEqual(['999', '277CA'])
    expect(await outboxOf(claim)).toEqual([])
  })

  it('409 when it was submitted already', async () => {
    const claim = await draft(practice, admin)
    await submit(claim.claimId)
    expect(told(await submit(claim.claimId))).toBe('409 claim-not-draft')
    expect(await outboxOf(claim)).toHaveLength(1)
  })

  it('404 when it is another practice’s, or the role may not submit', async () => {
    const other = await newPractice()
    const claim = await draft(other, await other.as('admin'))
    expect(told(await submit(claim.claimId))).toBe('404 claim-not-found')
    const own = await draft(practice, admin)
    for (const role of ['practitioner', 'patient', 'front-desk'] as const) {
      expect(told(await submit(own.claimId, await practice.as(role)))).toBe('404 forbidden')
    }
    expect(await claimNow(own)).toMatchObject({ status: 'draft', version: 1 })
  })

  it('400 when the id is no id, or a body comes along', async () => {
    expect(fields(await submit('clm_1'))).toEqual(['params.claimId'])
    const params = { claimId: 'clm_00000000000000000000' }
    expect(fields(await admin.call('claims.submit', { params, body: { force: true } }))).toEqual(['body'])
  })
})
