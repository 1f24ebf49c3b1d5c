import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { correct } from './fixture.ts'

describe('GET /patients/{patientId}/history', () => {
  it('200 shows the record as it was before each correction, with who, when and why', async () => {
    const practice = await newPractice()
    const desk = await practice.as('front-desk')
    const { coverage: _, ...first } = practice.patients[0]!
    const { body: second } = await correct(desk, first.patientId, { phone: '5035550188' })
    await correct(desk, first.patientId, { gender: 'U' }, 2)
    const params = { patientId: first.patientId }
    const { status, body } = await (await practice.as('patient')).call('patients.history', { params })
    const why = { replacedAt: expect.any(String), replacedBy: desk.user.userId, reason: 'Misheard at the desk' }
    expect([status, body.items]).toEqual([
      200,
      [
        { ...second, ...why, changed: ['gender'] },
        { ...first, ...why, changed: ['phone'] },
      ],
    ])
  })

  it('404 to another patient, and nothing of a hidden record or of another practice', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const { patientId } = practice.patients[1]!
    const params = { patientId }
    await correct(await practice.as('admin'), patientId, { phone: '5035550188' })
    expect(told(await (await practice.as('patient')).call('patients.history', { params }))).toBe(
      '404 patient-not-found',
    )
    const items = async (one: typeof practice) =>
      (await (await one.as('supervisor')).call('patients.history', { params })).body.items.length
    expect([await items(practice), await items(other)]).toEqual([1, 0])
    await restrict(practice, { patient: 1 })
    expect(await items(practice)).toBe(0)
  })
})
