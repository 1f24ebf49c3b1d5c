import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { place } from '../erasures/fixture.ts'

describe('PUT /patients/{patientId}/legal-hold', () => {
  it('201 places it with its reason and a record, and 409 while it stands', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const patientId = practice.patients[0]!.patientId
    const answer = await place(admin, patientId)
    expect(answer.body).toMatchObject({
      patientId,
      reason: 'Counsel has announced a suit',
      placedBy: admin.user.userId,
    })
    expect(await practice.recordsOf(answer)).toMatchObject([{ verb: 'C', patientId, entity: { type: 'LegalHold' } }])
    expect(told(await place(admin, patientId))).toBe('409 legal-hold-stands')
  })

  it('404 of a patient of another practice, and to whoever may not', async () => {
    const practice = await newPractice()
    const other = await newPractice()
    const patientId = practice.patients[0]!.patientId
    expect(told(await place(await other.as('admin'), patientId))).toBe('404 patient-not-found')
    for (const role of ['patient', 'practitioner', 'auditor'] as const)
      expect(told(await place(await practice.as(role), patientId))).toBe('404 forbidden')
  })
})
