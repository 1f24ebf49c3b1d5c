import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { request } from './fixture.ts'

describe('POST /patients/{patientId}/erasures', () => {
  it('201 keeps what a patient asks for, with a record of it', async () => {
    const practice = await newPractice()
    const patient = await practice.as('patient')
    const patientId = patient.user.patientId ?? ''
    const answer = await request(patient, patientId)
    expect([answer.status, answer.body.status, answer.body.requestedBy]).toEqual([
      201,
      'requested',
      patient.user.userId,
    ])
    expect(await practice.recordsOf(answer)).toMatchObject([{ verb: 'C', patientId, outcome: 'success' }])
  })

  it('404 of another patient, of another practice, and to whoever may not', async () => {
    const practice = await newPractice()
    const other = await newPractice()
    const second = practice.patients[1]!.patientId
    expect(told(await request(await practice.as('patient'), second))).toBe('404 patient-not-found')
    expect(told(await request(await other.as('admin'), second))).toBe('404 patient-not-found')
    expect(told(await request(await practice.as('practitioner'), second))).toBe('404 forbidden')
  })
})
