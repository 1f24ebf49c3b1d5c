import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { book, told } from './fixture.ts'

describe('GET /appointments/{appointmentId}', () => {
  let practice: TestPractice
  let desk: Client
  const get = (appointmentId: string, client = desk) => client.call('appointments.get', { params: { appointmentId } })
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
  })

  it('200 shows it as it was booked, and records who looked', async () => {
    const booked = await book(desk, practice, '2030-03-04T09:00')
    const answer = await get(booked.appointmentId)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(booked)
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        name: 'appointments.get',
        verb: 'R',
        outcome: 'success',
        status: 200,
        entity: { type: 'Appointment', id: booked.appointmentId },
        patientId: booked.patientId,
        actor: { id: desk.user.userId },
        purposeOfUse: 'TREAT',
      },
    ])
  })

  it('200 to the patient whose it is, 404 to another', async () => {
    const patient = await practice.as('patient')
    const own = await book(desk, practice, '2030-03-05T09:00')
    const others = await book(desk, practice, '2030-03-05T11:00', 50, { patientId: practice.patients[1]?.patientId })
    expect((await get(own.appointmentId, patient)).body).toEqual(own)
    const refused = await get(others.appointmentId, patient)
    expect(told(refused)).toBe('404 appointment-not-found')
    expect(JSON.stringify(refused.body)).not.toContain(others.patientId)
    expect(await practice.recordsOf(refused)).toMatchObject([
      { outcome: 'denied', reason: 'appointment-not-found', purposeOfUse: 'PATRQT' },
    ])
  })

  it('404 when it is another practice’s, or nobody’s', async () => {
    const other = await newPractice()
    const { appointmentId } = await book(await other.as('front-desk'), other, '2030-03-04T09:00')
    expect(told(await get(appointmentId))).toBe('404 appointment-not-found')
    expect(told(await get('apt_00000000000000000000'))).toBe('404 appointment-not-found')
  })

  it('400 when the id is another kind’s', async () => {
    expect((await get('pat_00000000000000000000')).body).toMatchObject({
      status: 400,
      errors: [{ path: 'params.appointmentId' }],
    })
  })
})
