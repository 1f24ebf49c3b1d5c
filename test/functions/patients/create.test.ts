import { beforeAll, describe, expect, it } from 'vitest'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('POST /patients', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const details = {
    name: { family: 'Ōe', given: 'Søren', middle: 'Þ' },
    birthDate: '1990-02-28',
    gender: 'U',
    address: { line1: '1 Quai Ñ', line2: 'Apt 4', city: 'Portland', state: 'OR', postalCode: '972051234' },
    phone: '5035550123',
    email: 'Soren@Patients.example',
  }
  const create = async (body: unknown) => (await practice.as('front-desk')).call('patients.create', { body })

  it('201 opens a chart, as it is stored', async () => {
    const { status, body } = await create(details)
    expect(status).toBe(201)
    expect(body).toEqual({
      ...details,
      email: 'soren@patients.example',
      patientId: expect.stringMatching(/^pat_[0-9A-HJKMNP-TV-Z]{20}$/),
      practiceId: practice.practice.practiceId,
      createdAt: expect.any(String),
      updatedAt: body.createdAt,
      confidentiality: 'normal',
      version: 1,
    })
    const [item] = await itemsAt(`PATIENT#${practice.practice.practiceId}#${body.patientId}`)
    expect(item).toMatchObject(body)
    const reader = await practice.as('biller')
    expect((await reader.call('patients.get', { params: { patientId: body.patientId } })).body).toEqual(body)
  })

  it('201 audits the chart and the names of its fields, never a value', async () => {
    const desk = await practice.as('front-desk')
    const answer = await desk.call('patients.create', { body: details })
    const { patientId } = answer.body
    const records = await practice.recordsOf(answer)
    expect(records).toEqual([
      expect.objectContaining({
        name: 'patients.create',
        verb: 'C',
        outcome: 'success',
        status: 201,
        actor: expect.objectContaining({ type: 'user', id: desk.user.userId, role: 'front-desk' }),
        entity: { type: 'Patient', id: patientId },
        patientId,
        changed: expect.arrayContaining(['name', 'birthDate', 'address', 'phone', 'email']),
        version: 1,
      }),
    ])
    for (const value of ['Ōe', 'Søren', '1990-02-28', 'Quai', '5035550123', 'patients.example']) {
      expect(JSON.stringify(records)).not.toContain(value)
    }
  })

  it('201 without what is optional', async () => {
    const { name, birthDate, gender, address } = details
    const body = { name: { family: name.family, given: name.given }, birthDate, gender, address }
    const answer = await create(body)
    expect(answer.status).toBe(201)
    expect(answer.body).not.toHaveProperty('phone')
  })

  it('201 trims what a person typed', async () => {
    const { body } = await create({ ...details, name: { family: '  Lopez ', given: 'Ana\u00a0' } })
    expect(body.name).toEqual({ family: 'Lopez', given: 'Ana' })
  })

  it.each(['practitioner', 'supervisor', 'admin'] as const)('201 for a %s', async role => {
    expect((await (await practice.as(role)).call('patients.create', { body: details })).status).toBe(201)
  })

  it.each(['patient', 'biller', 'auditor'] as const)('404 for a %s, who registers nobody', async role => {
    const before = (await itemsAt(`PATIENT#${practice.practice.practiceId}`, 'gsi1')).length
    const answer = await (await practice.as(role)).call('patients.create', { body: details })
    expect([answer.status, answer.body.code]).toEqual([404, 'forbidden'])
    expect(await itemsAt(`PATIENT#${practice.practice.practiceId}`, 'gsi1')).toHaveLength(before)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ outcome: 'denied', reason: 'forbidden', status: 404 }),
    ])
  })

  it.each([
    ['a name of spaces', { name: { family: '   ', given: 'Ana' } }, 'body.name.family'],
    ['a name too long for X12', { name: { family: 'x'.repeat(61), given: 'Ana' } }, 'body.name.family'],
    ['a line break in a name', { name: { family: 'Lopez\nlevel=ERROR', given: 'Ana' } }, 'body.name.family'],
    ['half a surrogate in a name', { name: { family: 'Lopez\ud800', given: 'Ana' } }, 'body.name.family'],
    ['a day that is none', { birthDate: '1990-02-30' }, 'body.birthDate'],
    ['a gender of no code', { gender: 'X' }, 'body.gender'],
    ['a state of small letters', { address: { ...details.address, state: 'or' } }, 'body.address.state'],
    [
      'a postal code of four digits',
      { address: { ...details.address, postalCode: '9720' } },
      'body.address.postalCode',
    ],
    ['a phone with dashes', { phone: '503-555-0123' }, 'body.phone'],
    ['an e-mail without a host', { email: 'canary@' }, 'body.email'],
    ['an id of their own', { patientId: `pat_${'0'.repeat(20)}` }, 'body.patientId'],
    ['a practice of their own', { practiceId: `prc_${'0'.repeat(20)}` }, 'body.practiceId'],
    ['an unknown field within', { name: { family: 'Lopez', given: 'Ana', suffix: 'Jr' } }, 'body.name.suffix'],
  ])('400 for %s', async (_, change, path) => {
    const { status, body } = await create({ ...details, ...change })
    expect([status, body.code]).toEqual([400, 'validation-failed'])
    expect(body.errors.map((error: { path: string }) => error.path)).toEqual([path])
  })

  it('400 names everything that is wrong at once', async () => {
    const { body } = await create({ name: {}, gender: 'F' })
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'body.name.family',
      'body.name.given',
      'body.birthDate',
      'body.address',
    ])
  })
})
