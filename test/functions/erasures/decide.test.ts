import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { ago, book, told } from '../appointments/fixture.ts'
import { age, decide, place, request } from './fixture.ts'

describe('PUT /patients/{patientId}/erasures/{erasureId}/decision', () => {
  const setUp = async () => {
    const practice = await newPractice()
    const patient = await practice.as('patient')
    const patientId = patient.user.patientId ?? ''
    const { erasureId } = (await request(patient, patientId)).body
    return { practice, admin: await practice.as('admin'), patient, patientId, erasureId }
  }

  it('200 grants it for the day on which the last duty ends, and tells the patient what is kept and why', async () => {
    const { practice, admin, patient, patientId, erasureId } = await setUp()
    await book(admin, practice, ago(60), 5)
    const answer = await decide(admin, patientId, erasureId)
    expect(answer.body).toMatchObject({ status: 'granted', decision: { legalHold: false } })
    const shown = (await patient.call('erasures.list', { query: { patientId } })).body.items[0]
    expect(shown).toEqual(answer.body)
    const year = new Date().getUTCFullYear()
    const record = shown.decision.duties.find((duty: { class: string }) => duty.class === 'medical-record')
    expect(record.because).toMatch(/7 years after your last visit/)
    expect(Number(record.until.slice(0, 4))).toBeGreaterThanOrEqual(year + 6)
    expect(shown.eraseOn >= record.until).toBe(true)
    expect(await practice.recordsOf(answer)).toMatchObject([{ verb: 'U', patientId, outcome: 'success' }])
    expect(told(await decide(admin, patientId, erasureId))).toBe('409 already-decided')
  })

  it('200 refuses it while something must be kept, or a legal hold stands, and 409 where nothing does', async () => {
    const { practice, admin, patientId, erasureId } = await setUp()
    await age(practice, patientId, 30)
    expect(told(await decide(admin, patientId, erasureId, 'refused'))).toBe('409 nothing-must-be-kept')
    await place(admin, patientId)
    const { body } = await decide(admin, patientId, erasureId, 'refused')
    expect(body).toMatchObject({ status: 'refused', decision: { legalHold: true, duties: [] } })
    expect(JSON.stringify(body)).not.toContain('Counsel')
  })

  it('200 once of two at once', async () => {
    const { admin, patientId, erasureId } = await setUp()
    const answers = await Promise.all([
      decide(admin, patientId, erasureId),
      decide(admin, patientId, erasureId, 'refused'),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  })

  it('404 under another patient, in another practice, and to whoever may not', async () => {
    const { practice, admin, patientId, erasureId } = await setUp()
    const other = await newPractice()
    expect(told(await decide(admin, practice.patients[1]!.patientId, erasureId))).toBe('404 erasure-not-found')
    expect(told(await decide(await other.as('admin'), patientId, erasureId))).toBe('404 erasure-not-found')
    for (const role of ['patient', 'practitioner', 'front-desk', 'auditor'] as const)
      expect(told(await decide(await practice.as(role), patientId, erasureId))).toBe('404 forbidden')
  })
})
