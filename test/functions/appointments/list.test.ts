import { beforeAll, describe, expect, it } from 'vitest'
import { sessionOf } from '../../harness/identity.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { book, fields, told } from './fixture.ts'

describe('GET /appointments', () => {
  let practice: TestPractice
  let desk: Client
  let practitionerId: string
  let patientId: string
  const list = (query: Record<string, string>, client = desk) => client.call('appointments.list', { query })
  const starts = ({ body }: { body: { items: { start: string }[] } }) => body.items.map(({ start }) => start)
  beforeAll(async () => {
    practice = await newPractice()
    desk = await practice.as('front-desk')
    practitionerId = practice.practitioners[0]?.practitionerId ?? ''
    patientId = practice.patients[0]?.patientId ?? ''
    for (const start of ['2030-03-06T09:00', '2030-03-04T09:00', '2030-03-05T09:00']) await book(desk, practice, start)
    await book(desk, practice, '2030-03-04T12:00', 50, { patientId: practice.patients[1]?.patientId })
  })

  it('200 lists a practitioner’s, earliest first, and records for each patient who looked', async () => {
    const answer = await list({ practitionerId })
    expect(answer.status).toBe(200)
    expect(starts(answer)).toEqual(['2030-03-04T09:00', '2030-03-04T12:00', '2030-03-05T09:00', '2030-03-06T09:00'])
    expect(answer.body.next).toBeUndefined()
    const records = await practice.recordsOf(answer)
    for (const record of records) {
      expect(record).toMatchObject({ verb: 'R', outcome: 'success', entity: { type: 'Appointment', id: 'list' } })
    }
    const patients = practice.patients.slice(0, 2).map(patient => patient.patientId)
    expect(records.map(record => record.patientId).sort()).toEqual(patients.sort())
  })

  it('200 lists a patient’s, and the record names the patient', async () => {
    const answer = await list({ patientId })
    expect(starts(answer)).toEqual(['2030-03-04T09:00', '2030-03-05T09:00', '2030-03-06T09:00'])
    expect(await practice.recordsOf(answer)).toMatchObject([{ patientId }])
  })

  it.each([
    [{ from: '2030-03-05T00:00:00.000Z' }, ['2030-03-05T09:00', '2030-03-06T09:00']],
    [{ to: '2030-03-05T00:00:00.000Z' }, ['2030-03-04T09:00', '2030-03-04T12:00']],
    [{ from: '2030-03-04T20:00:00.000Z', to: '2030-03-05T17:00:00.000Z' }, ['2030-03-04T12:00', '2030-03-05T09:00']],
    [{ from: '2031-01-01T00:00:00.000Z' }, []],
    [{ from: '2030-03-06T00:00:00.000Z', to: '2030-03-05T00:00:00.000Z' }, []],
  ])('200 lists those of %o', async (period, expected) => {
    expect(starts(await list({ practitionerId, ...period } as Record<string, string>))).toEqual(expected)
  })

  it('200 in pages that hold everything once', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const answer = await list({ practitionerId, limit: '1', ...(cursor && { cursor }) })
      expect(answer.body.items.length).toBeLessThanOrEqual(1)
      seen.push(...starts(answer))
      cursor = answer.body.next
    } while (cursor)
    expect(seen).toEqual(['2030-03-04T09:00', '2030-03-04T12:00', '2030-03-05T09:00', '2030-03-06T09:00'])
  })

  it('200 with nothing for a practitioner of another practice', async () => {
    const other = await newPractice()
    await book(await other.as('front-desk'), other, '2030-03-04T09:00')
    expect(starts(await list({ practitionerId: other.practitioners[0]?.practitionerId ?? '' }))).toEqual([])
  })

  it('200 to a patient of their own, 404 of anything else', async () => {
    const patient = await practice.as('patient')
    expect(starts(await list({ patientId }, patient))).toHaveLength(3)
    expect(told(await list({ patientId: practice.patients[1]?.patientId ?? '' }, patient))).toBe(
      '404 patient-not-found',
    )
    expect(told(await list({ practitionerId }, patient))).toBe('404 patient-not-found')
  })

  it('404 to a patient whose record is not known, rather than everybody’s', async () => {
    const lost = await sessionOf({ ...practice.users.patient, patientId: undefined })
    expect(told(await list({ practitionerId }, lost))).toBe('404 patient-not-found')
  })

  it.each([
    ['query.practitionerId', {}],
    ['query.practitionerId', { both: 'yes' }],
    ['query.limit', { practitionerId: 'x', limit: '101' }],
    ['query.limit', { practitionerId: 'x', limit: 'many' }],
    ['query.from', { practitionerId: 'x', from: '2030-03-04' }],
    ['query.cursor', { practitionerId: 'x', cursor: 'not one!' }],
    ['query.cursor', { practitionerId: 'x', cursor: 'bm90IG9uZQ' }],
    ['query.colour', { practitionerId: 'x', colour: 'red' }],
  ])('400 when %s is wrong: %o', async (path, wrong) => {
    const { both, ...query } = wrong as Record<string, string>
    const answer = await list({
      ...query,
      ...(query.practitionerId && { practitionerId }),
      ...(both && { practitionerId, patientId }),
    })
    expect(told(answer)).toBe('400 validation-failed')
    expect(fields(answer)).toEqual([path])
  })
})
