import { beforeAll, describe, expect, it } from 'vitest'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('POST /practitioners', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const details = {
    name: { family: 'Brandt', given: 'Ilse' },
    npi: '1992765432',
    taxonomy: '103TC0700X',
    zone: 'America/Denver',
    availability: [
      { weekday: 'monday', from: '08:00', to: '12:00' },
      { weekday: 'friday', from: '20:00', to: '24:00' },
    ],
  }
  const create = async (change: object = {}) =>
    (await practice.as('admin')).call('practitioners.create', { body: { ...details, ...change } })

  it('201 adds somebody who can be booked at once', async () => {
    const { status, body } = await create()
    expect(status).toBe(201)
    expect(body).toMatchObject({
      ...details,
      practitionerId: expect.stringMatching(/^prn_/),
      practiceId: practice.practice.practiceId,
      version: 1,
    })
    expect(await itemsAt(`PRACTITIONER#${practice.practice.practiceId}`)).toContainEqual(expect.objectContaining(body))
    const desk = await practice.as('front-desk')
    const slots = await desk.call('slots.list', {
      params: { practitionerId: body.practitionerId },
      query: { date: '2030-03-04', minutes: '60' },
    })
    expect(slots.body.items[0].start).toBe('2030-03-04T08:00')
  })

  it('201 is audited', async () => {
    const supervisor = await practice.as('supervisor')
    const answer = await supervisor.call('practitioners.create', { body: details })
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'practitioners.create',
        verb: 'C',
        outcome: 'success',
        actor: expect.objectContaining({ id: supervisor.user.userId, role: 'supervisor' }),
        entity: { type: 'Practitioner', id: answer.body.practitionerId },
        changed: expect.arrayContaining(['npi', 'availability']),
      }),
    ])
  })

  it.each(['patient', 'practitioner', 'biller', 'front-desk', 'auditor'] as const)('404 for a %s', async role => {
    const { status, body } = await (await practice.as(role)).call('practitioners.create', { body: details })
    expect([status, body.code]).toEqual([404, 'forbidden'])
  })

  it.each([
    ['an NPI of a wrong check digit', { npi: '1992765433' }, 'body.npi'],
    ['an NPI that begins with 3', { npi: '3992765432' }, 'body.npi'],
    ['a taxonomy of no form', { taxonomy: 'psychologist' }, 'body.taxonomy'],
    ['a zone that is none', { zone: 'Mars/Olympus' }, 'body.zone'],
    ['an offset in place of a zone', { zone: '-08:00' }, 'body.zone'],
    [
      'a weekday that is none',
      { availability: [{ weekday: 'day', from: '08:00', to: '09:00' }] },
      'body.availability.0.weekday',
    ],
    [
      'hours that end before they begin',
      { availability: [{ weekday: 'monday', from: '09:00', to: '08:00' }] },
      'body.availability.0.to',
    ],
    [
      'hours of no length',
      { availability: [{ weekday: 'monday', from: '09:00', to: '09:00' }] },
      'body.availability.0.to',
    ],
    [
      'an hour that no clock shows',
      { availability: [{ weekday: 'monday', from: '24:30', to: '25:00' }] },
      'body.availability.0.from',
    ],
    [
      'more stretches than a week needs',
      { availability: Array(71).fill(details.availability[0]) },
      'body.availability',
    ],
    ['no name', { name: undefined }, 'body.name'],
  ])('400 for %s', async (_, change, path) => {
    const { status, body } = await create(change)
    expect([status, body.errors[0].path]).toEqual([400, path])
  })
})
