import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, type TestPractice } from '../../harness/index.ts'
import { noticesOf, tokenOf } from '../../harness/letters.ts'
import { ask, chosen } from './fixture.ts'

describe('POST /patients/{patientId}/invitation', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const invite = async (role: 'front-desk' | 'practitioner', patientId = practice.patients[1]?.patientId ?? '') =>
    (await practice.as(role)).call('accounts.invite-patient', {
      params: { patientId },
      body: { email: 'theo@nowhere.example' },
    })

  it.each(['front-desk', 'practitioner'] as const)('202 to a %s, and the patient gets their own record', async role => {
    const answer = await invite(role)
    expect(answer.status).toBe(202)
    expect(await practice.recordsOf(answer)).toMatchObject([{ patientId: practice.patients[1]?.patientId }])
    if (role === 'front-desk') return
    const token = await tokenOf(practice.practice.practiceId, 'invitation')
    const { status, body } = await ask('accounts.register', { token, password: chosen })
    expect([status, body]).toMatchObject([
      201,
      { role: 'patient', patientId: practice.patients[1]?.patientId, aal: 'aal1', next: 'none' },
    ])
  })

  it('404 for a patient that is none, and nobody is told', async () => {
    const before = (await noticesOf(practice.practice.practiceId)).length
    const { status, body } = await invite('practitioner', `pat_${'0'.repeat(20)}`)
    expect([status, body.code]).toEqual([404, 'patient-not-found'])
    expect(await noticesOf(practice.practice.practiceId)).toHaveLength(before)
  })
})
