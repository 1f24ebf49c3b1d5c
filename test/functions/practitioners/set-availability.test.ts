import { beforeAll, describe, expect, it } from 'vitest'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('PUT /practitioners/{practitionerId}/availability', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const paramsOf = ({ practitioners }: TestPractice, index = 0) => ({
    practitionerId: practitioners[index]?.practitionerId ?? '',
  })
  const stored = async (own: TestPractice, index = 0) =>
    (await itemsAt(`PRACTITIONER#${own.practice.practiceId}`)).find(
      ({ sk }) => sk === paramsOf(own, index).practitionerId,
    )
  const tuesdays = { zone: 'America/Boise', availability: [{ weekday: 'tuesday', from: '10:00', to: '14:00' }] }

  it('200 replaces the weekly hours and the zone, and nothing else', async () => {
    const before = await stored(practice)
    const admin = await practice.as('admin')
    const { status, body } = await admin.call('practitioners.set-availability', {
      params: paramsOf(practice),
      body: tuesdays,
    })
    expect(status).toBe(200)
    expect(body).toMatchObject({ ...tuesdays, version: 2 })
    expect(await stored(practice)).toEqual({ ...before, ...tuesdays, version: 2, updatedAt: body.updatedAt })
  })

  it('200 closes the calendar with no hours at all', async () => {
    const supervisor = await practice.as('supervisor')
    const params = paramsOf(practice, 1)
    const body = { zone: 'UTC', availability: [] }
    expect((await supervisor.call('practitioners.set-availability', { params, body })).status).toBe(200)
    const slots = await supervisor.call('slots.list', { params, query: { date: '2030-03-04' } })
    expect(slots.body.items).toEqual([])
  })

  it('200 leaves what is booked', async () => {
    const own = await newPractice()
    const admin = await own.as('admin')
    const booking = { patientId: own.patients[0]?.patientId, ...paramsOf(own), start: '2030-03-04T10:00', minutes: 50 }
    const { body: booked } = await admin.call('appointments.create', { body: { ...booking, modality: 'in-person' } })
    await admin.call('practitioners.set-availability', {
      params: paramsOf(own),
      body: { zone: 'UTC', availability: [] },
    })
    const { body } = await admin.call('appointments.get', { params: { appointmentId: booked.appointmentId } })
    expect(body).toEqual(booked)
  })

  it('200 is audited with the version it made', async () => {
    const own = await newPractice()
    const admin = await own.as('admin')
    const answer = await admin.call('practitioners.set-availability', { params: paramsOf(own), body: tuesdays })
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'practitioners.set-availability',
        verb: 'U',
        outcome: 'success',
        actor: expect.objectContaining({ id: admin.user.userId }),
        entity: { type: 'Practitioner', id: paramsOf(own).practitionerId },
        changed: ['availability', 'zone', 'updatedAt'],
        version: 2,
      }),
    ])
  })

  it('409 for whoever was not first: of twenty at once each version is made once', async () => {
    const own = await newPractice()
    const admin = await own.as('admin')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, hour) =>
        admin.call('practitioners.set-availability', {
          params: paramsOf(own),
          body: {
            zone: 'UTC',
            availability: [{ weekday: 'monday', from: `${String(hour).padStart(2, '0')}:00`, to: '24:00' }],
          },
        }),
      ),
    )
    const done = answers.filter(({ status }) => status === 200)
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
    expect(done.length).toBeGreaterThanOrEqual(1)
    const versions = done.map(({ body }) => body.version).sort((a, b) => a - b)
    expect(versions).toEqual(versions.map((_, index) => index + 2))
    const last = done.find(({ body }) => body.version === done.length + 1)
    expect(await stored(own)).toMatchObject({ version: done.length + 1, availability: last?.body.availability })
  })

  it("404 for nobody and for another practice's practitioner, who keeps their hours", async () => {
    const other = await newPractice()
    const before = await stored(other)
    const admin = await practice.as('admin')
    for (const practitionerId of [`prn_${'0'.repeat(20)}`, paramsOf(other).practitionerId]) {
      const answer = await admin.call('practitioners.set-availability', { params: { practitionerId }, body: tuesdays })
      expect([answer.status, answer.body.code]).toEqual([404, 'practitioner-not-found'])
      expect(await practice.recordsOf(answer)).toEqual([
        expect.objectContaining({ outcome: 'denied', entity: { type: 'Practitioner', id: practitionerId } }),
      ])
    }
    expect(await stored(other)).toEqual(before)
  })

  it.each(['patient', 'practitioner', 'biller', 'front-desk', 'auditor'] as const)('404 for a %s', async role => {
    const client = await practice.as(role)
    const answer = await client.call('practitioners.set-availability', { params: paramsOf(practice), body: tuesdays })
    expect([answer.status, answer.body.code]).toEqual([404, 'forbidden'])
  })

  it.each([
    ['no zone', { zone: undefined }, 'body.zone'],
    ['no hours', { availability: undefined }, 'body.availability'],
    ['a name, which is not asked for', { name: { family: 'A', given: 'B' } }, 'body.name'],
    ['hours as a text', { availability: 'always' }, 'body.availability'],
  ])('400 for %s', async (_, change, path) => {
    const admin = await practice.as('admin')
    const body = { ...tuesdays, ...change }
    const answer = await admin.call('practitioners.set-availability', { params: paramsOf(practice), body })
    expect([answer.status, answer.body.errors.map((error: { path: string }) => error.path)]).toEqual([400, [path]])
  })
})
