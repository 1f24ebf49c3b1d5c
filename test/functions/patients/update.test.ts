import { describe, expect, it } from 'vitest'
import { itemsAt, newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { correct } from './fixture.ts'

describe('PATCH /patients/{patientId}', () => {
  it('200 corrects what is named and nothing else, and the trail tells the names of the fields', async () => {
    const practice = await newPractice()
    const desk = await practice.as('front-desk')
    const { coverage: _, ...before } = practice.patients[0]!
    const answer = await correct(desk, before.patientId, { phone: '5035550188', birthDate: '1990-02-28' })
    expect(answer.body).toEqual({
      ...before,
      phone: '5035550188',
      birthDate: '1990-02-28',
      updatedAt: expect.any(String),
      version: 2,
    })
    const [record] = await practice.recordsOf(answer)
    expect(record).toMatchObject({ verb: 'U', patientId: before.patientId, version: 2 })
    expect(record?.changed?.toSorted()).toEqual(['birthDate', 'phone', 'updatedAt'])
    const gone = await correct(desk, before.patientId, { remove: ['phone'] }, 2)
    expect([gone.status, 'phone' in gone.body]).toEqual([200, false])
  })

  it('409 of a version that was read too long ago, and of all but one at once; each earlier one is kept', async () => {
    const practice = await newPractice()
    const desk = await practice.as('front-desk')
    const { patientId } = practice.patients[0]!
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => correct(desk, patientId, { phone: `503555010${index}` })),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'conflict')).toHaveLength(7)
    expect(told(await correct(desk, patientId, { phone: '5035550188' }, 9))).toBe('409 conflict')
    const items = await itemsAt(`PATIENT#${practice.practice.practiceId}#${patientId}`)
    expect(items.map(({ sk }) => sk)).toEqual(['PATIENT', 'VERSION#000001'])
  })

  it('400 with nothing to correct, without a reason, and for what only a restriction sets', async () => {
    const practice = await newPractice()
    const desk = await practice.as('front-desk')
    const { patientId } = practice.patients[0]!
    const params = { patientId }
    for (const body of [
      { version: 1, reason: 'x' },
      { version: 1, phone: '5035550188' },
      { version: 1, reason: 'x', confidentiality: 'normal' },
      { version: 1, reason: 'x', birthDate: null },
    ]) {
      expect((await desk.call('patients.update', { params, body })).status).toBe(400)
    }
  })

  it('404 of another practice, of a hidden record, and to whoever may not', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const { patientId } = practice.patients[0]!
    const phone = { phone: '5035550188' }
    expect(told(await correct(await other.as('admin'), patientId, phone))).toBe('404 patient-not-found')
    expect(told(await correct(await practice.as('patient'), patientId, phone))).toBe('404 forbidden')
    await restrict(practice)
    expect(told(await correct(await practice.as('admin'), patientId, phone, 2))).toBe('404 patient-not-found')
  })
})
