import { beforeAll, describe, expect, it } from 'vitest'
import { payers, subscriberOf } from '../../../local/seed/cast.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('POST /coverages', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const body = (change: object = {}) => ({
    patientId: practice.patients[0]?.patientId,
    payerId: 'RIVERB2',
    ...subscriberOf(0),
    start: '2026-01-01',
    end: '2026-12-31',
    ...change,
  })
  const create = async (change: object = {}) =>
    (await practice.as('front-desk')).call('coverages.create', { body: body(change) })
  const stored = async () =>
    itemsAt(`COVERAGE#${practice.practice.practiceId}#PATIENT#${practice.patients[0]?.patientId}`, 'gsi3')

  it('201 adds insurance with the payer as it is known today', async () => {
    const answer = await create()
    expect(answer.status).toBe(201)
    const { payerId: _, ...details } = body()
    expect(answer.body).toMatchObject({
      ...details,
      coverageId: expect.stringMatching(/^cov_/),
      practiceId: practice.practice.practiceId,
      payer: payers[1],
      version: 1,
    })
    expect(await stored()).toContainEqual(expect.objectContaining(answer.body))
  })

  it("201 audits the patient's id and the names of the fields, never a value", async () => {
    const biller = await practice.as('biller')
    const answer = await biller.call('coverages.create', { body: body() })
    const records = await practice.recordsOf(answer)
    expect(records).toEqual([
      expect.objectContaining({
        name: 'coverages.create',
        verb: 'C',
        outcome: 'success',
        actor: expect.objectContaining({ id: biller.user.userId, role: 'biller' }),
        entity: { type: 'Coverage', id: answer.body.coverageId },
        patientId: body().patientId,
        changed: expect.arrayContaining(['payer', 'subscriber', 'relationship']),
        purposeOfUse: 'HPAYMT',
      }),
    ])
    for (const value of [body().subscriber.memberId, body().subscriber.name.family, 'Riverbend']) {
      expect(JSON.stringify(records)).not.toContain(value)
    }
  })

  it('201 without an end, and with one on the day it starts', async () => {
    expect((await create({ end: undefined })).status).toBe(201)
    expect((await create({ end: '2026-01-01' })).status).toBe(201)
  })

  it('404 for a payer that the practice does not bill', async () => {
    const before = await stored()
    const answer = await create({ payerId: 'NOBODY99' })
    expect([answer.status, answer.body.code, answer.body.errors]).toEqual([
      404,
      'payer-not-found',
      [{ path: 'body.payerId', message: 'is not a payer of this practice' }],
    ])
    expect(await stored()).toEqual(before)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ outcome: 'denied', reason: 'payer-not-found', patientId: body().patientId }),
    ])
  })

  it("404 for nobody and for another practice's patient, and writes nothing", async () => {
    const other = await newPractice()
    const foreign = other.patients[0]?.patientId ?? ''
    for (const patientId of [`pat_${'0'.repeat(20)}`, foreign]) {
      const answer = await create({ patientId })
      expect([answer.status, answer.body.code]).toEqual([404, 'patient-not-found'])
      expect(await itemsAt(`COVERAGE#${practice.practice.practiceId}#PATIENT#${patientId}`, 'gsi3')).toEqual([])
    }
    expect(await itemsAt(`COVERAGE#${other.practice.practiceId}#PATIENT#${foreign}`, 'gsi3')).toHaveLength(1)
  })

  it.each(['patient', 'practitioner', 'supervisor', 'auditor'] as const)('404 for a %s', async role => {
    const { status, body: problem } = await (await practice.as(role)).call('coverages.create', { body: body() })
    expect([status, problem.code]).toEqual([404, 'forbidden'])
  })

  it.each([
    ['an end before the start', { end: '2025-12-31' }, 'body.end'],
    ['a relationship of no code', { relationship: 'self' }, 'body.relationship'],
    ['a payer in small letters', { payerId: 'cascade1' }, 'body.payerId'],
    ['no subscriber', { subscriber: undefined }, 'body.subscriber'],
    [
      'a member id of stars, which separate X12',
      { subscriber: { ...subscriberOf(0).subscriber, memberId: 'A*B' } },
      'body.subscriber.memberId',
    ],
    ['a payer of their own', { payer: payers[0] }, 'body.payer'],
  ])('400 for %s', async (_, change, path) => {
    const { status, body: problem } = await create(change)
    expect([status, problem.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]])
  })
})
