import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { ago, book, calendarOf, tally, told } from './fixture.ts'

describe('POST /appointments/{appointmentId}/completion', () => {
  let practice: TestPractice
  let desk: Client
  const complete = (appointmentId: string, client = desk) =>
    client.call('appointments.complete', { params: { appointmentId } })
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
  })

  it('200 notes that the visit took place, keeps its time, and audits it', async () => {
    const booked = await book(desk, practice, ago(120))
    const answer = await complete(booked.appointmentId)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ appointmentId: booked.appointmentId, status: 'fulfilled', version: 2 })
    const { cells, appointments } = await calendarOf(practice)
    expect(appointments).toEqual([expect.objectContaining(answer.body)])
    expect(cells).toHaveLength(10)
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'U', outcome: 'success', entity: { id: booked.appointmentId }, patientId: booked.patientId, version: 2 },
    ])
  })

  it('200 to the practitioner as soon as it has started', async () => {
    const { appointmentId } = await book(desk, practice, ago(0), 5)
    expect(told(await complete(appointmentId, await practice.as('practitioner')))).toBe('200')
  })

  it('409 before it has started', async () => {
    const { appointmentId } = await book(desk, practice, '2030-03-04T09:00')
    const answer = await complete(appointmentId)
    expect(told(answer)).toBe('409 appointment-not-started')
    expect(await practice.recordsOf(answer)).toMatchObject([{ outcome: 'denied', reason: 'appointment-not-started' }])
  })

  it('409 when it was cancelled, or completed before', async () => {
    const cancelled = await book(desk, practice, ago(240))
    await desk.call('appointments.cancel', { params: { appointmentId: cancelled.appointmentId } })
    expect(told(await complete(cancelled.appointmentId))).toBe('409 appointment-not-booked')
    const done = await book(desk, practice, ago(360))
    await complete(done.appointmentId)
    expect(told(await complete(done.appointmentId))).toBe('409 appointment-not-booked')
  })

  it('200 to one of two who cancel and complete at once', async () => {
    const { appointmentId } = await book(desk, practice, ago(480))
    const cancel = () => desk.call('appointments.cancel', { params: { appointmentId } })
    const answers = await Promise.all([complete(appointmentId), cancel(), complete(appointmentId), cancel()])
    expect(tally(answers)['200']).toBe(1)
  })

  it('404 to a patient, even of their own', async () => {
    const { appointmentId } = await book(desk, practice, ago(600))
    expect(told(await complete(appointmentId, await practice.as('patient')))).toBe('404 forbidden')
  })

  it('404 when it is another practice’s', async () => {
    const other = await newPractice()
    const { appointmentId } = await book(await other.as('front-desk'), other, ago(60))
    expect(told(await complete(appointmentId))).toBe('404 appointment-not-found')
  })

  it('400 when the id is no id', async () => {
    expect((await complete('1')).body).toMatchObject({ status: 400, errors: [{ path: 'params.appointmentId' }] })
  })
})
