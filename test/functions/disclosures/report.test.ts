import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { submitted, transmit } from '../claims/fixture.ts'
import { disclose, report } from './fixture.ts'

describe('GET /patients/{patientId}/disclosures', () => {
  it('200 tells the patient of what the law accounts for, newest first, and apart from that of the rest', async () => {
    const practice = await newPractice()
    const [desk, patient] = [await practice.as('front-desk'), await practice.as('patient')]
    const patientId = patient.user.patientId ?? ''
    const { body: first } = await disclose(desk, patientId)
    const { body: second } = await disclose(desk, patientId, { legalBasis: 'part2-consent' })
    const { body: other } = await disclose(desk, patientId, { legalBasis: 'treatment' })
    expect((await report(patient, patientId)).body).toEqual({ items: [second, first] })
    expect((await report(desk, patientId, { which: 'other' })).body).toEqual({ items: [other] })
  })

  it('200 tells of a claim that was sent, once, in the transaction that notes that it was', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const { message, claim } = await submitted(practice, admin)
    expect((await report(admin, claim.patientId, { which: 'other' })).body.items).toEqual([])
    await transmit(message)
    await transmit(message)
    const { items } = (await report(await practice.as('patient'), claim.patientId, { which: 'other' })).body
    expect(items).toMatchObject([
      {
        legalBasis: 'payment',
        accountable: false,
        recordedBy: 'claims.transmit',
        recipient: { name: claim.payer.name },
      },
    ])
    expect((await report(admin, claim.patientId)).body.items).toEqual([])
  })

  it('404 to another patient; nothing of a hidden record or of another practice', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const { patientId } = practice.patients[1]!
    await disclose(await practice.as('admin'), patientId)
    expect(told(await report(await practice.as('patient'), patientId))).toBe('404 patient-not-found')
    const items = async (one: typeof practice) => (await report(await one.as('admin'), patientId)).body.items.length
    expect([await items(practice), await items(other)]).toEqual([1, 0])
    await restrict(practice, { patient: 1 })
    expect(await items(practice)).toBe(0)
  })
})
