import { beforeAll, describe, expect, it } from 'vitest'
import { at } from '../../harness/clock.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'

interface Slot {
  start: string
  startsAt: string
}

describe('GET /practitioners/{practitionerId}/slots', () => {
  let practice: TestPractice
  let desk: Client
  let params: { practitionerId: string }
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
    params = { practitionerId: practice.practitioners[0]?.practitionerId ?? '' }
  })

  const slots = async (query: Record<string, string>, client = desk) => {
    const answer = await client.call('slots.list', { params, query })
    expect(answer.status).toBe(200)
    return answer.body.items as Slot[]
  }
  /** A practitioner of their own hours, in a practice where nobody is booked. */
  const withHours = async (zone: string, availability: object[]) => {
    const admin = await practice.as('admin')
    const { name, npi, taxonomy } = practice.practitioners[1] ?? {}
    const { body } = await admin.call('practitioners.create', { body: { name, npi, taxonomy, zone, availability } })
    return async (date: string, minutes = '60') =>
      (
        await desk.call('slots.list', { params: { practitionerId: body.practitionerId }, query: { date, minutes } })
      ).body.items.map(({ start }: Slot) => start.slice(11)) as string[]
  }

  it('200 offers every quarter of an hour of the weekly hours', async () => {
    const starts = await withHours('America/Chicago', [{ weekday: 'monday', from: '09:00', to: '11:00' }])
    expect(await starts('2030-03-04')).toEqual(['09:00', '09:15', '09:30', '09:45', '10:00'])
    expect(await starts('2030-03-04', '120')).toEqual(['09:00'])
    expect(await starts('2030-03-04', '125')).toEqual([])
    expect(await starts('2030-03-05')).toEqual([])
  })

  it("200 says the practitioner's wall time, zone and the moment", async () => {
    const [first] = await slots({ date: '2030-03-04' })
    expect(first).toEqual({
      date: '2030-03-04',
      start: '2030-03-04T00:00',
      zone: 'America/Los_Angeles',
      startsAt: '2030-03-04T08:00:00.000Z',
      minutes: 50,
    })
  })

  it('200 leaves out whatever would touch a booking, and gives it back when that is cancelled', async () => {
    const own = await newPractice()
    const client = await own.as('front-desk')
    const own0 = { practitionerId: own.practitioners[0]?.practitionerId ?? '' }
    const starts = async () => {
      const query = { date: '2030-03-04', minutes: '50' }
      const { body } = await client.call('slots.list', { params: own0, query })
      return body.items.map(({ start }: Slot) => start.slice(11)) as string[]
    }
    const before = await starts()
    const booking = { patientId: own.patients[0]?.patientId, ...own0, start: '2030-03-04T10:00', minutes: 50 }
    const { body: booked } = await client.call('appointments.create', { body: { ...booking, modality: 'in-person' } })
    const during = await starts()
    const gone = before.filter(start => !during.includes(start))
    expect(gone).toEqual(['09:15', '09:30', '09:45', '10:00', '10:15', '10:30', '10:45'])
    await client.call('appointments.cancel', { params: { appointmentId: booked.appointmentId } })
    expect(await starts()).toEqual(before)
  })

  it('200 minds a booking of the evening before that reaches into the day', async () => {
    const own = await newPractice()
    const client = await own.as('front-desk')
    const own0 = { practitionerId: own.practitioners[0]?.practitionerId ?? '' }
    const booking = { patientId: own.patients[0]?.patientId, ...own0, start: '2030-03-04T23:00', minutes: 120 }
    await client.call('appointments.create', { body: { ...booking, modality: 'in-person' } })
    const { body } = await client.call('slots.list', { params: own0, query: { date: '2030-03-05' } })
    expect(body.items[0].start).toBe('2030-03-05T01:00')
  })

  it.each([
    ['Pacific/Kiritimati', '2030-03-04T00:00'],
    ['Etc/GMT+12', '2030-03-04T23:00'],
  ])('200 knows what is taken as far from Greenwich as %s', async (zone, start) => {
    const admin = await practice.as('admin')
    const { name, npi, taxonomy, availability } = practice.practitioners[1] ?? {}
    const made = await admin.call('practitioners.create', { body: { name, npi, taxonomy, zone, availability } })
    const far = { practitionerId: made.body.practitionerId }
    const booking = { patientId: practice.patients[0]?.patientId, ...far, start, minutes: 60, modality: 'in-person' }
    expect((await desk.call('appointments.create', { body: booking })).status).toBe(201)
    const { body } = await desk.call('slots.list', { params: far, query: { date: '2030-03-04', minutes: '5' } })
    const starts = body.items.map((slot: Slot) => slot.start)
    expect(starts).toHaveLength(92)
    expect(starts).not.toContain(start)
  })

  it('200 has an hour less on the day that clocks go forward, and each time once when they go back', async () => {
    expect(await slots({ date: '2030-03-10', minutes: '15' })).toHaveLength(92)
    expect(await slots({ date: '2030-03-11', minutes: '15' })).toHaveLength(96)
    expect(await slots({ date: '2030-11-03', minutes: '15' })).toHaveLength(96)
    const forward = await slots({ date: '2030-03-10', minutes: '15' })
    expect(forward.some(({ start }) => start.includes('T02:'))).toBe(false)
  })

  it('200 offers nothing that has passed', async () => {
    const rest = await at('2030-06-03T18:07:00.000Z', async () => {
      const client = await practice.as('front-desk')
      return slots({ date: '2030-06-03', minutes: '15' }, client)
    })
    expect(rest[0]?.start).toBe('2030-06-03T11:15')
    expect(await slots({ date: '2020-01-01' })).toEqual([])
  })

  it('200 to a patient, who books by it, and says nothing of who is booked', async () => {
    const patient = await practice.as('patient')
    const { status, body } = await patient.call('slots.list', { params, query: { date: '2030-03-04' } })
    expect(status).toBe(200)
    for (const slot of body.items) expect(Object.keys(slot)).toEqual(['date', 'start', 'zone', 'startsAt', 'minutes'])
  })

  it.each(['0000-01-01', '0001-01-01', '9999-12-31'])('200 or 400, and never a fault, for the date %s', async date => {
    const { status } = await desk.call('slots.list', { params, query: { date } })
    expect([200, 400]).toContain(status)
  })

  it("404 for nobody, and for another practice's practitioner", async () => {
    const other = await newPractice()
    for (const practitionerId of [`prn_${'0'.repeat(20)}`, other.practitioners[0]?.practitionerId ?? '']) {
      const { status, body } = await desk.call('slots.list', {
        params: { practitionerId },
        query: { date: '2030-03-04' },
      })
      expect([status, body.code]).toEqual([404, 'practitioner-not-found'])
    }
  })

  it('404 to whoever has no business with calendars', async () => {
    const auditor = await practice.as('auditor')
    expect((await auditor.call('slots.list', { params, query: { date: '2030-03-04' } })).status).toBe(404)
  })

  it.each([
    [{}, 'query.date'],
    [{ date: 'tomorrow' }, 'query.date'],
    [{ date: '2030-02-30' }, 'query.date'],
    [{ date: '2030-03-04', minutes: '7' }, 'query.minutes'],
    [{ date: '2030-03-04', minutes: '0' }, 'query.minutes'],
    [{ date: '2030-03-04', minutes: '245' }, 'query.minutes'],
    [{ date: '2030-03-04', minutes: 'fifty' }, 'query.minutes'],
    [{ date: '2030-03-04', zone: 'UTC' }, 'query.zone'],
  ])('400 for %j', async (query, path) => {
    const { status, body } = await desk.call('slots.list', { params, query: query as Record<string, string> })
    expect([status, body.errors[0].path]).toEqual([400, path])
  })
})
