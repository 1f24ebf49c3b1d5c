import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { ago, book, booking, calendarOf, fields, tally, told } from './fixture.ts'

describe('POST /appointments', () => {
  let practice: TestPractice
  let desk: Client
  const create = (start: string, minutes = 50, more: object = {}, client = desk) =>
    client.call('appointments.create', { body: booking(practice, start, minutes, more) })
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
  })

  it('201 books a free time and audits it', async () => {
    const answer = await create('2030-03-04T09:00')
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      status: 'booked',
      start: '2030-03-04T09:00',
      zone: 'America/Los_Angeles',
      startsAt: '2030-03-04T17:00:00.000Z',
      endsAt: '2030-03-04T17:50:00.000Z',
      version: 1,
    })
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        name: 'appointments.create',
        verb: 'C',
        outcome: 'success',
        status: 201,
        entity: { type: 'Appointment', id: answer.body.appointmentId },
        patientId: booking(practice, '').patientId,
        actor: { id: desk.user.userId, role: 'front-desk' },
        version: 1,
      },
    ])
    const { appointments } = await calendarOf(practice)
    expect(appointments).toContainEqual(expect.objectContaining(answer.body))
  })

  it('201 once and 409 ninety-nine times when a hundred want one time, with nothing half-written', async () => {
    const other = practice.practitioners[1]?.practitionerId
    const clients = await Promise.all(Array.from({ length: 5 }, () => practice.as('front-desk')))
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        create('2030-05-06T10:00', 50, { practitionerId: other }, clients[index % 5]),
      ),
    )
    expect(tally(answers)).toEqual({ '201': 1, '409 slot-taken': 99 })
    const winner = answers.find(({ status }) => status === 201)?.body
    const { cells, appointments } = await calendarOf(practice, 1)
    expect(appointments.map(({ appointmentId }) => appointmentId)).toEqual([winner.appointmentId])
    expect(cells).toHaveLength(10)
    expect(new Set(cells.map(({ appointmentId }) => appointmentId))).toEqual(new Set([winner.appointmentId]))
  })

  it.each([
    ['begins inside', '2031-01-06', '10:30', 50],
    ['ends inside', '2031-01-07', '09:30', 35],
    ['lies inside', '2031-01-08', '10:10', 15],
    ['holds it whole', '2031-01-09', '09:00', 120],
    ['is the very same', '2031-01-10', '10:00', 50],
    ['shares its last five minutes', '2031-01-11', '10:45', 30],
  ])('409 when the time %s', async (_what, day, time, minutes) => {
    await book(desk, practice, `${day}T10:00`)
    const before = await calendarOf(practice)
    expect(told(await create(`${day}T${time}`, minutes))).toBe('409 slot-taken')
    expect(await calendarOf(practice)).toEqual(before)
  })

  it('201 when a time begins where another ends, and when it ends where that begins', async () => {
    await book(desk, practice, '2030-06-03T10:00')
    expect(told(await create('2030-06-03T10:50'))).toBe('201')
    expect(told(await create('2030-06-03T09:10'))).toBe('201')
  })

  it('201 for two practitioners at the same time', async () => {
    await book(desk, practice, '2030-06-04T10:00')
    const other = { practitionerId: practice.practitioners[1]?.practitionerId }
    expect(told(await create('2030-06-04T10:00', 50, other))).toBe('201')
  })

  it('201 when a patient books for themselves, and 404 for another', async () => {
    const patient = await practice.as('patient')
    expect(told(await create('2030-06-05T10:00', 50, {}, patient))).toBe('201')
    const another = { patientId: practice.patients[1]?.patientId }
    expect(told(await create('2030-06-05T12:00', 50, another, patient))).toBe('404 patient-not-found')
  })

  it('404 when the patient is not of this practice, and leaves the time free', async () => {
    const other = await newPractice()
    const stranger = { patientId: other.patients[0]?.patientId }
    const before = await calendarOf(practice)
    const answer = await create('2030-06-06T10:00', 50, stranger)
    expect(told(answer)).toBe('404 patient-not-found')
    expect(await calendarOf(practice)).toEqual(before)
    expect(await practice.recordsOf(answer)).toMatchObject([{ outcome: 'denied', reason: 'patient-not-found' }])
    expect(told(await create('2030-06-06T10:00'))).toBe('201')
  })

  it('404 when the practitioner is not of this practice', async () => {
    const other = await newPractice()
    const stranger = { practitionerId: other.practitioners[0]?.practitionerId }
    const answer = await create('2030-06-07T10:00', 50, stranger)
    expect(told(answer)).toBe('404 practitioner-not-found')
    expect(answer.body.errors).toEqual([{ path: 'body.practitionerId', message: 'is not known' }])
  })

  it('404 for a role that may not book', async () => {
    expect(told(await create('2030-06-08T10:00', 50, {}, await practice.as('biller')))).toBe('404 forbidden')
  })

  describe('by the weekly hours', () => {
    let practitionerId: string
    beforeAll(async () => {
      const admin = await practice.as('admin')
      const { body } = await admin.call('practitioners.create', {
        body: {
          name: { family: 'Reyes', given: 'Ana' },
          npi: '1992765432',
          taxonomy: '103T00000X',
          zone: 'America/New_York',
          availability: [
            { weekday: 'monday', from: '09:00', to: '12:00' },
            { weekday: 'monday', from: '13:00', to: '17:00' },
          ],
        },
      })
      practitionerId = body.practitionerId
    })

    it.each([
      ['2030-03-04T09:00', 50, '201'],
      ['2030-03-04T11:10', 50, '201'],
      ['2030-03-04T08:55', 50, '409 outside-availability'],
      ['2030-03-04T11:30', 50, '409 outside-availability'],
      ['2030-03-04T12:10', 15, '409 outside-availability'],
      ['2030-03-05T09:00', 50, '409 outside-availability'],
    ])('%s for %i minutes is %s', async (start, minutes, expected) => {
      expect(told(await create(start, minutes, { practitionerId }))).toBe(expected)
    })

    it('201 at the moment that the practitioner’s own clock means', async () => {
      const { body } = await create('2030-03-04T15:00', 50, { practitionerId })
      expect(body).toMatchObject({ zone: 'America/New_York', startsAt: '2030-03-04T20:00:00.000Z' })
    })
  })

  describe('at the switches of the clocks', () => {
    it('422 when the clocks skip the time', async () => {
      const answer = await create('2030-03-10T02:30')
      expect(told(answer)).toBe('422 wall-time-missing')
      expect(answer.body.errors).toEqual([{ path: 'body.start', message: 'is skipped by the clocks that day' }])
    })

    it('201 at the first of two times that the clocks show twice', async () => {
      const { status, body } = await create('2030-11-03T01:30')
      expect(status).toBe(201)
      expect(body).toMatchObject({ start: '2030-11-03T01:30', startsAt: '2030-11-03T08:30:00.000Z' })
    })

    it('201 across the skipped hour, for as many minutes as asked', async () => {
      const { body } = await create('2030-03-10T01:30', 60)
      expect(body).toMatchObject({ startsAt: '2030-03-10T09:30:00.000Z', endsAt: '2030-03-10T10:30:00.000Z' })
      expect(told(await create('2030-03-10T03:15', 15))).toBe('409 slot-taken')
      expect(told(await create('2030-03-10T03:30', 15))).toBe('201')
    })
  })

  describe('for the past', () => {
    it('422 to a patient, a minute after the time', async () => {
      const answer = await create(ago(5), 5, {}, await practice.as('patient'))
      expect(told(answer)).toBe('422 start-too-early')
      expect(answer.body.errors).toEqual([{ path: 'body.start', message: 'has passed' }])
    })

    it('201 to the front desk within a week, 422 before', async () => {
      expect(told(await create(ago(6 * 24 * 60), 5))).toBe('201')
      expect(told(await create(ago(7 * 24 * 60 + 10), 5))).toBe('422 start-too-early')
    })
  })

  it.each([
    ['body.start', { start: '2030-02-30T10:00' }],
    ['body.start', { start: '2030-03-04T10:02' }],
    ['body.start', { start: '2030-03-04T10:00:00Z' }],
    ['body.minutes', { minutes: 0 }],
    ['body.minutes', { minutes: 52 }],
    ['body.minutes', { minutes: 245 }],
    ['body.modality', { modality: 'by post' }],
    ['body.patientId', { patientId: 'pat_1' }],
    ['body.practitionerId', { practitionerId: undefined }],
    ['body.colour', { colour: 'red' }],
  ])('400 when %s is wrong: %o', async (path, wrong) => {
    const answer = await create('2030-07-01T10:00', 50, wrong)
    expect(told(answer)).toBe('400 validation-failed')
    expect(fields(answer)).toEqual([path])
  })
})
