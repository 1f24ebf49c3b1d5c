import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { told } from '../appointments/fixture.ts'
import { restrict } from '../breakglass/fixture.ts'
import { admit, join, prepare } from '../telehealth/fixture.ts'
import { grant, publish, withdraw } from './fixture.ts'

describe('POST /patients/{patientId}/consents/{purpose}/withdrawal', () => {
  it('200 says when and by whom, keeps what was said before, and 409 a second time', async () => {
    const practice = await newPractice()
    const patient = await practice.as('patient')
    const patientId = patient.user.patientId ?? ''
    const answer = await withdraw(patient, patientId, 'treatment')
    expect(answer.body).toMatchObject({
      status: 'inactive',
      withdrawnAt: expect.any(String),
      withdrawnBy: patient.user.userId,
      grantedBy: 'seed',
      version: 2,
    })
    expect(await practice.recordsOf(answer)).toMatchObject([{ verb: 'U', patientId, outcome: 'success' }])
    expect(told(await withdraw(patient, patientId, 'treatment'))).toBe('409 consent-not-given')
    expect(told(await withdraw(patient, patientId, 'recording'))).toBe('409 consent-not-given')
  })

  it('once of ten at once', async () => {
    const practice = await newPractice()
    const patient = await practice.as('patient')
    const all = await Promise.all(
      Array.from({ length: 10 }, () => withdraw(patient, patient.user.patientId ?? '', 'telehealth')),
    )
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(all.filter(({ status }) => status === 409)).toHaveLength(9)
  })

  it('holds from the next request on: no call lets the patient in, and the host is told', async () => {
    const practice = await newPractice()
    const [patient, host, desk] = [
      await practice.as('patient'),
      await practice.as('practitioner'),
      await practice.as('front-desk'),
    ]
    const patientId = patient.user.patientId ?? ''
    const { telehealthId } = await prepare(practice, desk)
    expect((await join(patient, telehealthId)).body.status).toBe('waiting')
    await withdraw(patient, patientId, 'telehealth')
    expect(told(await join(patient, telehealthId))).toBe('409 consent-needed')
    expect(told(await admit(host, telehealthId, patient.user.userId))).toBe('409 consent-needed')
    expect(told(await join(host, telehealthId))).toBe('409 consent-needed')

    await grant(patient, patientId, 'telehealth')
    expect(told(await admit(host, telehealthId, patient.user.userId))).toBe('200')
    // Admitted, but not yet in: the key itself is refused.
    await withdraw(desk, patientId, 'telehealth')
    const refused = await join(patient, telehealthId)
    expect([told(refused), JSON.stringify(refused.body).includes('joinToken')]).toEqual(['409 consent-needed', false])
    await grant(patient, patientId, 'telehealth')
    expect((await join(patient, telehealthId)).body.status).toBe('connected')
  })

  it('so does a text that asks for consent anew, and one that does not changes nothing', async () => {
    const practice = await newPractice()
    const [patient, host, admin] = [
      await practice.as('patient'),
      await practice.as('practitioner'),
      await practice.as('admin'),
    ]
    const { telehealthId } = await prepare(practice, admin)
    await publish(admin, 'telehealth', false)
    expect(told(await join(host, telehealthId))).toBe('200')
    await publish(admin, 'telehealth', true)
    expect(told(await join(host, telehealthId))).toBe('409 consent-needed')
    await grant(patient, patient.user.patientId ?? '', 'telehealth', { textVersion: 3 })
    expect(told(await join(host, telehealthId))).toBe('200')
  })

  it('404 for another patient, and 409 of what is hidden or of another practice, as of nothing', async () => {
    const [practice, other] = await Promise.all([newPractice(), newPractice()])
    const { patientId: second = '' } = practice.patients[1] ?? {}
    expect(told(await withdraw(await practice.as('patient'), second, 'treatment'))).toBe('404 patient-not-found')
    const foreign = other.patients[0]!.patientId
    expect(told(await withdraw(await practice.as('front-desk'), foreign, 'treatment'))).toBe('409 consent-not-given')
    await restrict(other)
    expect(told(await withdraw(await other.as('supervisor'), foreign, 'treatment'))).toBe('409 consent-not-given')
  })
})
