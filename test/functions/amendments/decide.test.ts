import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { decide, requestAmendment } from './fixture.ts'

describe('PUT /patients/{patientId}/amendments/{amendmentId}/decision', () => {
  const setUp = async () => {
    const practice = await newPractice()
    const patient = await practice.as('patient')
    const { body } = await requestAmendment(patient, patient.user.patientId ?? '')
    return { practice, admin: await practice.as('admin'), ...(body as { patientId: string; amendmentId: string }) }
  }
  const denial = { outcome: 'denied', basis: 'accurate-and-complete', note: 'The note says what was said that day' }

  it('200 denies it on a ground of the law, in words for the patient, and 409 a second time', async () => {
    const { practice, admin, patientId, amendmentId } = await setUp()
    const answer = await decide(admin, patientId, amendmentId, denial)
    expect(answer.body).toMatchObject({
      status: 'denied',
      decision: { basis: 'accurate-and-complete', decidedBy: admin.user.userId, decidedAt: expect.any(String) },
    })
    expect(await practice.recordsOf(answer)).toMatchObject([{ verb: 'U', patientId, outcome: 'success' }])
    const again = await decide(admin, patientId, amendmentId, { outcome: 'accepted', note: 'After all' })
    expect(told(again)).toBe('409 already-decided')
  })

  it('200 once of two at once', async () => {
    const { admin, patientId, amendmentId } = await setUp()
    const accepted = { outcome: 'accepted', note: 'Corrected' }
    const answers = await Promise.all([
      decide(admin, patientId, amendmentId, denial),
      decide(admin, patientId, amendmentId, accepted),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it.each([
    ['a denial without a ground', { outcome: 'denied', note: 'No' }],
    ['a ground of our own', { outcome: 'denied', basis: 'too-much-work', note: 'No' }],
    ['an acceptance with a ground', { outcome: 'accepted', basis: 'not-in-record', note: 'Yes' }],
    ['no words', { outcome: 'accepted' }],
  ])('400 for %s', async (_, body) => {
    const { admin, patientId, amendmentId } = await setUp()
    expect((await decide(admin, patientId, amendmentId, body)).status).toBe(400)
  })

  it('404 under another patient, in another practice, and to whoever may not', async () => {
    const { practice, admin, patientId, amendmentId } = await setUp()
    const other = await newPractice()
    const second = practice.patients[1]!.patientId
    expect(told(await decide(admin, second, amendmentId, denial))).toBe('404 amendment-not-found')
    const stranger = await other.as('admin')
    expect(told(await decide(stranger, patientId, amendmentId, denial))).toBe('404 amendment-not-found')
    for (const role of ['patient', 'front-desk', 'auditor'] as const) {
      expect(told(await decide(await practice.as(role), patientId, amendmentId, denial))).toBe('404 forbidden')
    }
  })
})
