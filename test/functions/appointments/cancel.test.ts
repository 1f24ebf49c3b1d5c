import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { ago, book, calendarOf, tally, told } from './fixture.ts'

describe('POST /appointments/{appointmentId}/cancellation', () => {
  let practice: TestPractice
  let desk: Client
  const cancel = (appointmentId: string, client = desk) =>
    client.call('appointments.cancel', { params: { appointmentId } })
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
  })

  it('200 cancels, frees the time and audits it', async () => {
    const booked = await book(desk, practice, '2030-03-04T09:00')
    const answer = await cancel(booked.appointmentId)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ ...booked, status: 'cancelled', updatedAt: answer.body.updatedAt, version: 2 })
    const { cells, appointments } = await calendarOf(practice)
    expect(cells).toEqual([])
    expect(appointments).toEqual([expect.objectContaining(answer.body)])
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        verb: 'U',
        outcome: 'success',
        entity: { type: 'Appointment', id: booked.appointmentId },
        patientId: booked.patientId,
        changed: ['status', 'updatedAt'],
        version: 2,
      },
    ])
    expect((await book(desk, practice, '2030-03-04T09:00')).appointmentId).not.toBe(booked.appointmentId)
  })

  it('200 to the patient whose it is, 404 to another', async () => {
    const patient = await practice.as('patient')
    const own = await book(desk, practice, '2030-03-05T09:00')
    const others = await book(desk, practice, '2030-03-05T11:00', 50, { patientId: practice.patients[1]?.patientId })
    expect(told(await cancel(own.appointmentId, patient))).toBe('200')
    expect(told(await cancel(others.appointmentId, patient))).toBe('404 appointment-not-found')
  })

  it('200 ends its telehealth session: nobody waits for a visit that is not to be', async () => {
    const { appointmentId } = await book(desk, practice, ago(0), 5)
    const { body: room } = await desk.call('telehealth.create', { params: { appointmentId } })
    const params = { telehealthId: room.telehealthId }
    const patient = await practice.as('patient')
    expect((await patient.call('telehealth.join', { params })).body.status).toBe('waiting')
    expect(told(await cancel(appointmentId))).toBe('200')
    expect((await patient.call('telehealth.get', { params })).body.status).toBe('ended')
    expect(told(await patient.call('telehealth.join', { params }))).toBe('409 telehealth-ended')
  })

  it('409 when it is cancelled already', async () => {
    const { appointmentId } = await book(desk, practice, '2030-03-06T09:00')
    await cancel(appointmentId)
    const answer = await cancel(appointmentId)
    expect(told(answer)).toBe('409 appointment-not-booked')
    expect(await practice.recordsOf(answer)).toMatchObject([{ outcome: 'denied', reason: 'appointment-not-booked' }])
  })

  it('409 when the visit took place', async () => {
    const { appointmentId } = await book(desk, practice, ago(60))
    await desk.call('appointments.complete', { params: { appointmentId } })
    expect(told(await cancel(appointmentId))).toBe('409 appointment-not-booked')
  })

  it('200 once when twenty cancel at once, and the time that is booked meanwhile stays taken', async () => {
    const { appointmentId } = await book(desk, practice, '2030-03-07T09:00')
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(appointmentId)))
    const { '200': won, ...lost } = tally(answers)
    expect(won).toBe(1)
    expect(Object.keys(lost).every(said => ['409 conflict', '409 appointment-not-booked'].includes(said))).toBe(true)
    const again = await book(desk, practice, '2030-03-07T09:00')
    await cancel(appointmentId)
    const { cells } = await calendarOf(practice)
    expect(cells.filter(cell => cell.appointmentId === again.appointmentId)).toHaveLength(10)
  })

  it('404 when it is another practice’s, or nobody’s', async () => {
    const other = await newPractice()
    const { appointmentId } = await book(await other.as('front-desk'), other, '2030-03-08T09:00')
    expect(told(await cancel(appointmentId))).toBe('404 appointment-not-found')
    expect(told(await cancel('apt_00000000000000000000'))).toBe('404 appointment-not-found')
    expect((await calendarOf(other)).cells).toHaveLength(10)
  })

  it('400 when the id is no id', async () => {
    const answer = await cancel('apt_short')
    expect(told(answer)).toBe('400 validation-failed')
    expect(answer.body.errors).toMatchObject([{ path: 'params.appointmentId' }])
  })
})
