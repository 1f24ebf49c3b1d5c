import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { fields, told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { disclose } from './fixture.ts'

describe('POST /patients/{patientId}/disclosures', () => {
  it.each([
    ['public-health', true, '2032-03-02'],
    ['law-enforcement', true, '2032-03-02'],
    ['part2-consent', true, '2029-03-02'],
    ['payment', false, '2032-03-02'],
    ['authorization', false, '2032-03-02'],
  ])('201 on the ground of %s says whether the accounting tells of it, and until when', async (...row) => {
    const [legalBasis, accountable, retainUntil] = row
    const practice = await newPractice()
    const desk = await practice.as('front-desk')
    const { patientId } = practice.patients[0]!
    const answer = await disclose(desk, patientId, { legalBasis })
    expect(answer.body).toMatchObject({ accountable, retainUntil, recordedBy: desk.user.userId })
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'C', patientId, entity: { type: 'Disclosure', id: answer.body.disclosureId } },
    ])
  })

  it('422 of what is still to come', async () => {
    const practice = await newPractice()
    const disclosedAt = new Date(Date.now() + 60_000).toJSON()
    const answer = await disclose(await practice.as('front-desk'), practice.patients[0]!.patientId, { disclosedAt })
    expect([told(answer), fields(answer)]).toEqual(['422 disclosure-to-come', ['body.disclosedAt']])
  })

  it('404 of another practice, of a hidden record, and to a patient', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const { patientId } = practice.patients[0]!
    expect(told(await disclose(await other.as('admin'), patientId))).toBe('404 patient-not-found')
    expect(told(await disclose(await practice.as('patient'), patientId))).toBe('404 forbidden')
    await restrict(practice)
    expect(told(await disclose(await practice.as('admin'), patientId))).toBe('404 patient-not-found')
  })
})
