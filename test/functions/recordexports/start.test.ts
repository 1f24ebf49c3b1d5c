import { beforeEach, describe, expect, it } from 'vitest'
import { sessionOf } from '../../harness/identity.ts'
import { type Client, newPractice, plant, type TestPractice } from '../../harness/index.ts'
import { restrict } from '../breakglass/fixture.ts'
import { order, stored } from './fixture.ts'

describe('POST /patients/{patientId}/exports', () => {
  let practice: TestPractice
  let patient: Client
  let patientId: string
  beforeEach(async () => {
    practice = await newPractice()
    patient = await practice.as('patient')
    patientId = patient.user.patientId ?? ''
  })

  it('202 with a job that has not begun, and a record of it in the trail', async () => {
    const answer = await order(patient, patientId)
    expect([answer.status, answer.body]).toMatchObject([
      202,
      { patientId, audience: 'patient', state: 'queued', sections: { done: 0, total: 12 }, resources: 0 },
    ])
    expect(await practice.recordsOf(answer)).toMatchObject([
      { name: 'recordexports.start', verb: 'E', patientId, entity: { id: answer.body.exportId } },
    ])
  })

  it('202 with the same job while it is under way, also for two at once', async () => {
    const first = await order(patient, patientId)
    const again = await order(patient, patientId)
    expect([again.status, again.body.exportId]).toEqual([202, first.body.exportId])

    const own = await newPractice()
    const client = await own.as('patient')
    const id = client.user.patientId ?? ''
    const both = await Promise.all([order(client, id), order(client, id)])
    const taken = both.filter(({ status }) => status === 202)
    expect(both.map(({ status }) => status).filter(status => status !== 202 && status !== 409)).toEqual([])
    expect(new Set(taken.map(({ body }) => body.exportId)).size).toBe(1)
  })

  it('429 for the fourth of a day', async () => {
    for (let count = 0; count < 3; count++) {
      const { body } = await order(patient, patientId)
      await plant({ ...(await stored(practice, body)), state: 'done' })
    }
    const { status, body, headers } = await order(patient, patientId)
    expect([status, body.code]).toEqual([429, 'too-many-record-exports'])
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  })

  it('422 for an administrator who gives no reason, and 202 with one', async () => {
    const admin = await practice.as('admin')
    expect((await order(admin, patientId)).body).toMatchObject({
      code: 'reason-missing',
      errors: [{ path: 'body.reason' }],
    })
    const { status, body } = await order(admin, patientId, { reason: 'Asked for in writing' })
    expect([status, body.audience, body.reason]).toEqual([202, 'practice', 'Asked for in writing'])
  })

  it("404 for another patient's record, another practice's, a restricted one, and other roles", async () => {
    const other = practice.patients.findIndex(each => each.patientId !== patientId)
    const { patientId: theirs = '' } = practice.patients[other] ?? {}
    expect((await order(patient, theirs)).status).toBe(404)
    const elsewhere = await newPractice()
    expect((await order(await elsewhere.as('admin'), patientId, { reason: 'none' })).status).toBe(404)
    for (const role of ['practitioner', 'supervisor', 'biller', 'front-desk', 'auditor'] as const)
      expect((await order(await practice.as(role), patientId, { reason: 'none' })).status, role).toBe(404)
    await restrict(practice, { patient: other })
    expect((await order(await practice.as('admin'), theirs, { reason: 'none' })).status).toBe(404)
  })

  it('403 without a fresh second factor', async () => {
    const verifiedAt = new Date(Date.now() - 301_000).toJSON()
    const { status, body } = await order(await sessionOf(practice.users.patient, { verifiedAt }), patientId)
    expect([status, body.code]).toEqual([403, 'step-up-required'])
  })
})
