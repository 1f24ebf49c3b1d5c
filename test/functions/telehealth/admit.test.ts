import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { fields, tally, told } from '../appointments/fixture.ts'
import { admit, end, join, prepare, roomOf } from './fixture.ts'

describe('POST /telehealth/{telehealthId}/admissions', () => {
  let practice: TestPractice
  let desk: Client
  let patient: Client
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
    patient = await practice.as('patient')
  })
  const waiting = async () => {
    const prepared = await prepare(practice, desk)
    await join(patient, prepared.telehealthId)
    return prepared
  }

  it('200 lets in whoever waits, without giving anybody a key, and audits it', async () => {
    const { telehealthId, appointment } = await waiting()
    const answer = await admit(desk, telehealthId, patient.user.userId)
    expect(answer.status).toBe(200)
    expect(answer.body.participants).toEqual([{ userId: patient.user.userId, part: 'patient', status: 'admitted' }])
    const { participants, session } = await roomOf(practice, telehealthId)
    expect(participants).toMatchObject([{ status: 'admitted', admittedAt: expect.any(String), version: 2 }])
    expect(session).not.toHaveProperty('meeting')
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'U', outcome: 'success', entity: { id: telehealthId }, patientId: appointment.patientId },
    ])
  })

  it('200 to the practitioner, 404 to the patient themselves', async () => {
    const { telehealthId } = await waiting()
    expect(told(await admit(patient, telehealthId, patient.user.userId))).toBe('404 forbidden')
    expect((await join(patient, telehealthId)).body.status).toBe('waiting')
    expect(told(await admit(await practice.as('practitioner'), telehealthId, patient.user.userId))).toBe('200')
  })

  it('404 when nobody with that id waits, or they were admitted already', async () => {
    const { telehealthId } = await waiting()
    const nobody = await admit(desk, telehealthId, desk.user.userId)
    expect(told(nobody)).toBe('404 participant-not-found')
    expect(fields(nobody)).toEqual(['body.userId'])
    await admit(desk, telehealthId, patient.user.userId)
    expect(told(await admit(desk, telehealthId, patient.user.userId))).toBe('404 participant-not-found')
  })

  it('200 once when ten admit at once', async () => {
    const { telehealthId } = await waiting()
    const answers = await Promise.all(Array.from({ length: 10 }, () => admit(desk, telehealthId, patient.user.userId)))
    const { '200': won, ...lost } = tally(answers)
    expect(won).toBe(1)
    expect(Object.keys(lost).every(said => /^(409 conflict|404 participant-not-found)$/.test(said))).toBe(true)
    expect((await roomOf(practice, telehealthId)).participants).toMatchObject([{ status: 'admitted', version: 2 }])
  })

  it('409 after the end', async () => {
    const { telehealthId } = await waiting()
    await end(desk, telehealthId)
    expect(told(await admit(desk, telehealthId, patient.user.userId))).toBe('409 telehealth-ended')
  })

  it('404 when the session is another practice’s', async () => {
    const { telehealthId } = await waiting()
    const stranger = await (await newPractice()).as('front-desk')
    expect(told(await admit(stranger, telehealthId, patient.user.userId))).toBe('404 telehealth-not-found')
    expect((await roomOf(practice, telehealthId)).participants).toMatchObject([{ status: 'waiting' }])
  })

  it('400 when an id is no id', async () => {
    expect(fields(await admit(desk, 'tel_1', 'usr_1'))).toEqual(['params.telehealthId', 'body.userId'])
  })
})
