import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { grant, part2, publish, withdraw } from './fixture.ts'

describe('POST /patients/{patientId}/consents', () => {
  let practice: TestPractice
  let patient: Client
  let desk: Client
  let patientId: string
  beforeAll(async () => {
    practice = await newPractice()
    patient = await practice.as('patient')
    desk = await practice.as('front-desk')
    patientId = patient.user.patientId ?? ''
  })

  it('201 is the patient’s own word, under their name, in the record and in its history', async () => {
    const answer = await grant(patient, patientId, 'recording')
    expect(answer.status).toBe(201)
    const { consentId } = answer.body
    expect(answer.body).toMatchObject({
      status: 'active',
      grantedBy: patient.user.userId,
      method: 'portal',
      version: 1,
    })
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'C', outcome: 'success', entity: { type: 'Consent', id: consentId }, patientId, purposeOfUse: 'PATRQT' },
    ])
    const items = await itemsAt(`CONSENT#${practice.practice.practiceId}#${patientId}`)
    const said = items.filter(({ purpose }) => purpose === 'recording').map(({ sk }) => sk)
    expect(said).toEqual(['CURRENT#recording', 'HISTORY#recording#000001'])
  })

  it('201 is noted by staff, under theirs', async () => {
    const { patientId: second = '' } = practice.patients[1] ?? {}
    const { body } = await grant(desk, second, 'recording', { method: 'verbal' })
    expect(body).toMatchObject({ status: 'active', grantedBy: desk.user.userId, method: 'verbal' })
  })

  it('409 for what was said already; 201 again once it was withdrawn', async () => {
    expect(told(await grant(patient, patientId, 'telehealth'))).toBe('409 consent-given')
    expect(told(await withdraw(patient, patientId, 'telehealth'))).toBe('200')
    const again = await grant(patient, patientId, 'telehealth')
    expect([again.status, again.body.version, again.body.withdrawnAt]).toEqual([201, 3, undefined])
  })

  it('201 once of ten who say it at once', async () => {
    const { patientId: third = '' } = practice.patients[2] ?? {}
    const answers = await Promise.all(Array.from({ length: 10 }, () => grant(desk, third, 'recording')))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9)
  })

  it('409 to words that are not shown any more, and to those that are not yet', async () => {
    const own = await newPractice()
    const client = await own.as('patient')
    const id = client.user.patientId ?? ''
    expect(told(await grant(client, id, 'recording', { textVersion: 2 }))).toBe('409 consent-text-outdated')
    await publish(await own.as('admin'), 'recording', false)
    expect(told(await grant(client, id, 'recording'))).toBe('409 consent-text-outdated')
    expect(told(await grant(client, id, 'recording', { textVersion: 2 }))).toBe('201')
  })

  it('201 to disclose substance-use records, with every element that the law asks for', async () => {
    const { body } = await grant(patient, patientId, 'part2-disclosure', { part2 })
    expect(body.part2).toEqual(part2)
  })

  it.each([
    ['none of its elements', undefined, '422 consent-elements-missing'],
    ['no recipient', { ...part2, recipients: [] }, '400 validation-failed'],
    ['no end', { ...part2, expiresAt: undefined }, '400 validation-failed'],
    ['two ends', { ...part2, expiresWith: 'the end of treatment' }, '400 validation-failed'],
    ['no signature', { ...part2, signedBy: '' }, '400 validation-failed'],
    ['no purpose', { ...part2, purpose: undefined }, '400 validation-failed'],
  ])('refuses one with %s', async (_, elements, refusal) => {
    expect(told(await grant(patient, patientId, 'part2-disclosure', { part2: elements }))).toBe(refusal)
  })

  it('422 of what nobody could have said so: staff in the portal, a patient on paper, elements of another consent', async () => {
    expect(told(await grant(desk, patientId, 'treatment', { method: 'portal' }))).toBe('422 consent-method-refused')
    expect(told(await grant(patient, patientId, 'treatment', { method: 'paper' }))).toBe('422 consent-method-refused')
    expect(told(await grant(patient, patientId, 'treatment', { part2 }))).toBe('422 consent-elements-missing')
  })

  it('404 for another patient, another practice and a record that is hidden', async () => {
    const other = await newPractice()
    const { patientId: second = '' } = practice.patients[1] ?? {}
    expect(told(await grant(patient, second, 'treatment'))).toBe('404 patient-not-found')
    const foreign = other.patients[0]!.patientId
    expect(told(await grant(desk, foreign, 'recording'))).toBe('404 patient-not-found')
    await restrict(other)
    expect(told(await grant(await other.as('supervisor'), foreign, 'recording'))).toBe('404 patient-not-found')
    expect(told(await grant(await other.as('front-desk'), foreign, 'recording'))).toBe('201')
  })
})
