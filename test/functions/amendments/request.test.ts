import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { requestAmendment } from './fixture.ts'

describe('POST /patients/{patientId}/amendments', () => {
  it('201 waits for a decision, which is due in sixty days', async () => {
    const practice = await newPractice()
    const patient = await practice.as('patient')
    const answer = await requestAmendment(patient, patient.user.patientId ?? '')
    const { requestedAt, dueAt, amendmentId } = answer.body
    expect(answer.body).toMatchObject({ status: 'requested', requestedBy: patient.user.userId, version: 1 })
    expect(Date.parse(dueAt) - Date.parse(requestedAt)).toBe(60 * 86_400_000)
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'C', patientId: patient.user.patientId, entity: { type: 'Amendment', id: amendmentId } },
    ])
  })

  it('404 for another patient and another practice', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const { patientId } = practice.patients[1]!
    expect(told(await requestAmendment(await practice.as('patient'), patientId))).toBe('404 patient-not-found')
    expect(told(await requestAmendment(await other.as('admin'), patientId))).toBe('404 patient-not-found')
  })
})
