import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { ago, book, calendarOf, fields, tally, told } from './fixture.ts'

describe('PUT /appointments/{appointmentId}/time', () => {
  let practice: TestPractice
  let desk: Client
  const move = (appointmentId: string, start: string, minutes = 50, more: object = {}, client = desk) =>
    client.call('appointments.reschedule', {
      params: { appointmentId },
      body: { practitionerId: practice.practitioners[0]?.practitionerId, start, minutes, ...more },
    })
  const cellsOf = async (appointmentId: string) =>
    (await calendarOf(practice)).cells.filter(cell => cell.appointmentId === appointmentId).map(({ sk }) => sk)
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
  })

  it('200 moves it: the new time is taken, the old one is free, and it is audited', async () => {
    const booked = await book(desk, practice, '2030-03-04T09:00')
    const answer = await move(booked.appointmentId, '2030-03-04T14:00', 25)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      ...booked,
      start: '2030-03-04T14:00',
      startsAt: '2030-03-04T22:00:00.000Z',
      endsAt: '2030-03-04T22:25:00.000Z',
      minutes: 25,
      updatedAt: answer.body.updatedAt,
      version: 2,
    })
    expect(await cellsOf(booked.appointmentId)).toEqual([
      '2030-03-04T22:00:00.000Z',
      '2030-03-04T22:05:00.000Z',
      '2030-03-04T22:10:00.000Z',
      '2030-03-04T22:15:00.000Z',
      '2030-03-04T22:20:00.000Z',
    ])
    expect((await calendarOf(practice)).appointments).toContainEqual(expect.objectContaining(answer.body))
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        verb: 'U',
        outcome: 'success',
        entity: { type: 'Appointment', id: booked.appointmentId },
        patientId: booked.patientId,
        changed: expect.arrayContaining(['start', 'startsAt', 'minutes']),
        version: 2,
      },
    ])
    await book(desk, practice, '2030-03-04T09:00')
  })

  it.each([
    ['later', '09:30', 50],
    ['earlier', '08:30', 50],
    ['longer', '09:00', 90],
    ['shorter', '09:00', 20],
    ['nowhere', '09:00', 50],
  ])('200 over its own time, %s', async (_what, time, minutes) => {
    const { appointmentId } = await book(desk, practice, '2031-02-10T09:00')
    expect(told(await move(appointmentId, `2031-02-10T${time}`, minutes))).toBe('200')
    expect(await cellsOf(appointmentId)).toHaveLength(minutes / 5)
    await desk.call('appointments.cancel', { params: { appointmentId } })
    expect(await cellsOf(appointmentId)).toEqual([])
  })

  it('200 takes its telehealth session along: people join when the visit is', async () => {
    const { appointmentId } = await book(desk, practice, '2030-03-18T09:00')
    const { body: room } = await desk.call('telehealth.create', { params: { appointmentId } })
    expect(told(await move(appointmentId, '2030-03-19T14:00', 25))).toBe('200')
    const moved = await desk.call('telehealth.get', { params: { telehealthId: room.telehealthId } })
    expect(moved.body).toMatchObject({
      opensAt: '2030-03-19T20:50:00.000Z',
      closesAt: '2030-03-19T21:40:00.000Z',
      status: 'scheduled',
    })
  })

  it('409 when the time is taken, and it stays where it was', async () => {
    const first = await book(desk, practice, '2030-04-01T09:00')
    const second = await book(desk, practice, '2030-04-01T11:00')
    const before = await calendarOf(practice)
    expect(told(await move(second.appointmentId, '2030-04-01T09:45'))).toBe('409 slot-taken')
    expect(await calendarOf(practice)).toEqual(before)
    expect(await cellsOf(first.appointmentId)).toHaveLength(10)
  })

  it('200 for one of ten who move to one time at once', async () => {
    const booked = await Promise.all(
      Array.from({ length: 10 }, (_, hour) =>
        book(desk, practice, `2030-04-02T${String(hour).padStart(2, '0')}:00`, 25),
      ),
    )
    const answers = await Promise.all(booked.map(({ appointmentId }) => move(appointmentId, '2030-04-02T15:00', 25)))
    expect(tally(answers)).toEqual({ '200': 1, '409 slot-taken': 9 })
    const held = await Promise.all(booked.map(({ appointmentId }) => cellsOf(appointmentId)))
    expect(held.map(cells => cells.length)).toEqual(Array(10).fill(5))
  })

  it('200 or 409 when ten move one appointment at once: it ends at one time, and each success is a version', async () => {
    const { appointmentId } = await book(desk, practice, '2030-04-03T09:00')
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, hour) => move(appointmentId, `2030-04-03T${12 + hour}:00`)),
    )
    const { '200': moved = 0, '409 conflict': refused = 0 } = tally(answers)
    expect({ moved, all: moved + refused }).toEqual({ moved: expect.toSatisfy(count => count > 0), all: 10 })
    const now = await desk.call('appointments.get', { params: { appointmentId } })
    expect(now.body.version).toBe(1 + moved)
    const cells = await cellsOf(appointmentId)
    expect(cells).toHaveLength(10)
    expect(cells[0]).toBe(now.body.startsAt)
  })

  it('409 when it is not booked any more', async () => {
    const { appointmentId } = await book(desk, practice, '2030-04-04T09:00')
    await desk.call('appointments.cancel', { params: { appointmentId } })
    expect(told(await move(appointmentId, '2030-04-04T11:00'))).toBe('409 appointment-not-booked')
    expect(await cellsOf(appointmentId)).toEqual([])
  })

  it('404 when the practitioner is not the appointment’s own', async () => {
    const { appointmentId } = await book(desk, practice, '2030-04-05T09:00')
    const other = { practitionerId: practice.practitioners[1]?.practitionerId }
    const answer = await move(appointmentId, '2030-04-05T11:00', 50, other)
    expect(told(answer)).toBe('404 practitioner-not-found')
    expect(answer.body.errors).toMatchObject([{ path: 'body.practitionerId' }])
  })

  it('422 when the clocks skip the time, and the first of two where they show it twice', async () => {
    const { appointmentId } = await book(desk, practice, '2030-04-08T09:00')
    expect(told(await move(appointmentId, '2030-03-10T02:05'))).toBe('422 wall-time-missing')
    expect((await move(appointmentId, '2030-11-03T01:05')).body.startsAt).toBe('2030-11-03T08:05:00.000Z')
  })

  it('409 outside the weekly hours', async () => {
    const { appointmentId, practitionerId } = await book(desk, practice, '2030-04-09T09:00', 50, {
      practitionerId: practice.practitioners[1]?.practitionerId,
    })
    const admin = await practice.as('admin')
    await admin.call('practitioners.set-availability', {
      params: { practitionerId },
      body: { availability: [{ weekday: 'tuesday', from: '09:00', to: '10:00' }], zone: 'America/Los_Angeles' },
    })
    expect(told(await move(appointmentId, '2030-04-09T09:15', 50, { practitionerId }))).toBe('409 outside-availability')
    expect(told(await move(appointmentId, '2030-04-09T09:10', 50, { practitionerId }))).toBe('200')
  })

  it('422 into the past for a patient, 200 into this week for the front desk', async () => {
    const { appointmentId } = await book(desk, practice, '2030-04-10T09:00')
    const patient = await practice.as('patient')
    expect(told(await move(appointmentId, ago(60), 50, {}, patient))).toBe('422 start-too-early')
    expect(told(await move(appointmentId, ago(60)))).toBe('200')
  })

  it('200 to the patient whose it is, 404 to another and to another practice', async () => {
    const patient = await practice.as('patient')
    const own = await book(desk, practice, '2030-04-11T09:00')
    const others = await book(desk, practice, '2030-04-11T11:00', 50, { patientId: practice.patients[1]?.patientId })
    expect(told(await move(own.appointmentId, '2030-04-11T14:00', 50, {}, patient))).toBe('200')
    expect(told(await move(others.appointmentId, '2030-04-11T16:00', 50, {}, patient))).toBe(
      '404 appointment-not-found',
    )
    const stranger = await (await newPractice()).as('front-desk')
    expect(told(await move(own.appointmentId, '2030-04-11T18:00', 50, {}, stranger))).toBe('404 appointment-not-found')
  })

  it.each([
    ['body.start', { start: 'noon' }],
    ['body.minutes', { minutes: 7 }],
    ['body.practitionerId', { practitionerId: 'prn_1' }],
    ['body.patientId', { patientId: 'pat_00000000000000000000' }],
  ])('400 when %s is wrong', async (path, wrong) => {
    const answer = await move('apt_00000000000000000000', '2030-04-12T09:00', 50, wrong)
    expect(told(answer)).toBe('400 validation-failed')
    expect(fields(answer)).toEqual([path])
  })
})
