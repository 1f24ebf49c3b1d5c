import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, itemsLike, newPractice, type TestPractice } from '../../harness/index.ts'
import { book, fields, tally, told } from '../appointments/fixture.ts'
import { roomOf } from './fixture.ts'

describe('POST /appointments/{appointmentId}/telehealth', () => {
  let practice: TestPractice
  let desk: Client
  const create = (appointmentId: string, client = desk) =>
    client.call('telehealth.create', { params: { appointmentId } })
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
  })

  it('201 prepares a session without a meeting, marks the appointment and audits it', async () => {
    const booked = await book(desk, practice, '2030-03-04T09:00')
    const answer = await create(booked.appointmentId)
    expect(answer.status).toBe(201)
    const { telehealthId } = answer.body
    expect(answer.body).toEqual({
      telehealthId,
      appointmentId: booked.appointmentId,
      status: 'scheduled',
      opensAt: '2030-03-04T16:50:00.000Z',
      closesAt: '2030-03-04T18:05:00.000Z',
      participants: [],
    })
    const { session, participants } = await roomOf(practice, telehealthId)
    expect(session).toMatchObject({ status: 'scheduled', generation: 0, patientId: booked.patientId, version: 1 })
    expect(session).not.toHaveProperty('meeting')
    expect(participants).toEqual([])
    const appointment = await desk.call('appointments.get', { params: { appointmentId: booked.appointmentId } })
    expect(appointment.body).toMatchObject({ telehealthId, version: 2 })
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        verb: 'C',
        outcome: 'success',
        entity: { type: 'TelehealthSession', id: telehealthId },
        patientId: booked.patientId,
        actor: { id: desk.user.userId },
      },
    ])
  })

  it('201 once when twenty prepare it at once', async () => {
    const { appointmentId } = await book(desk, practice, '2030-03-05T09:00')
    const before = (await itemsLike(`TELEHEALTH#${practice.practice.practiceId}`)).length
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(appointmentId)))
    expect(tally(answers)).toEqual({ '201': 1, '409 telehealth-exists': 19 })
    expect(await itemsLike(`TELEHEALTH#${practice.practice.practiceId}`)).toHaveLength(before + 1)
  })

  it('409 when the appointment was cancelled', async () => {
    const { appointmentId } = await book(desk, practice, '2030-03-06T09:00')
    await desk.call('appointments.cancel', { params: { appointmentId } })
    const answer = await create(appointmentId)
    expect(told(answer)).toBe('409 appointment-not-booked')
    expect(await practice.recordsOf(answer)).toMatchObject([{ outcome: 'denied', reason: 'appointment-not-booked' }])
  })

  it('201 to the practitioner, 404 to a patient and a biller', async () => {
    const { appointmentId } = await book(desk, practice, '2030-03-07T09:00')
    expect(told(await create(appointmentId, await practice.as('patient')))).toBe('404 forbidden')
    expect(told(await create(appointmentId, await practice.as('biller')))).toBe('404 forbidden')
    expect(told(await create(appointmentId, await practice.as('practitioner')))).toBe('201')
  })

  it('404 when it is another practice’s', async () => {
    const other = await newPractice()
    const { appointmentId } = await book(await other.as('front-desk'), other, '2030-03-04T09:00')
    expect(told(await create(appointmentId))).toBe('404 appointment-not-found')
  })

  it('400 when the id is no id', async () => {
    expect(fields(await create('tel_00000000000000000000'))).toEqual(['params.appointmentId'])
  })
})
