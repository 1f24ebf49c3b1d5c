import { beforeAll, describe, expect, it } from 'vitest'
import type { Claim } from '../../../shared/schema/claims.ts'
import { sessionOf } from '../../harness/identity.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { fields, told } from '../appointments/fixture.ts'
import { draft, submit } from './fixture.ts'

describe('GET /claims', () => {
  let practice: TestPractice
  let admin: Client
  const drafts: Claim[] = []
  const list = (query: Record<string, string>, client = admin) => client.call('claims.list', { query })
  const ids = ({ body }: { body: { items: Claim[] } }) => body.items.map(({ claimId }) => claimId)
  const patientOf = (index: number) => ({ patientId: practice.patients[index]?.patientId ?? '' })
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
    for (const patient of [0, 0, 0, 1, 2]) drafts.push(await draft(practice, admin, patient))
  })

  it('200 lists a patient’s, newest first, as summaries, and records who looked', async () => {
    const answer = await list(patientOf(0))
    expect(answer.status).toBe(200)
    expect(ids(answer)).toEqual([drafts[2], drafts[1], drafts[0]].map(claim => claim?.claimId))
    expect(Object.keys(answer.body.items[0]).sort()).toEqual([
      'appointmentId',
      'claimId',
      'patientId',
      'status',
      'total',
      'transmission',
      'updatedAt',
    ])
    expect(await practice.recordsOf(answer)).toMatchObject([
      { verb: 'R', outcome: 'success', entity: { type: 'Claim', id: 'list' }, ...patientOf(0) },
    ])
  })

  it('200 lists the work that waits in a state, and a submitted claim moves from one to another', async () => {
    const claim = await draft(practice, admin, 2)
    expect(ids(await list({ transmission: 'none' }))[0]).toBe(claim.claimId)
    await submit(practice, admin, claim)
    expect(ids(await list({ transmission: 'none' }))).not.toContain(claim.claimId)
    expect(ids(await list({ transmission: 'queued' }))).toEqual([claim.claimId])
  })

  it('200 in pages that hold everything once', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const answer = await list({ transmission: 'none', limit: '2', ...(cursor && { cursor }) })
      seen.push(...ids(answer))
      cursor = answer.body.next
    } while (cursor)
    expect(seen).toEqual(drafts.map(({ claimId }) => claimId).reverse())
  })

  it('200 to a patient of their own, 404 of anything else', async () => {
    const patient = await practice.as('patient')
    expect(ids(await list(patientOf(0), patient))).toHaveLength(3)
    expect(told(await list(patientOf(1), patient))).toBe('404 patient-not-found')
    expect(told(await list({ transmission: 'none' }, patient))).toBe('404 patient-not-found')
  })

  it('404 to a patient whose record is not known, rather than everybody’s', async () => {
    const lost = await sessionOf({ ...practice.users.patient, patientId: undefined })
    expect(told(await list({ transmission: 'none' }, lost))).toBe('404 patient-not-found')
  })

  it('200 with nothing for a patient of another practice', async () => {
    const other = await newPractice()
    await draft(other, await other.as('admin'))
    expect(ids(await list({ patientId: other.patients[0]?.patientId ?? '' }))).toEqual([])
  })

  it('400 with another practice’s cursor, and with one of another patient’s list', async () => {
    const other = await newPractice()
    const stranger = await other.as('admin')
    for (let count = 0; count < 2; count++) await draft(other, stranger)
    const theirs = await list({ patientId: other.patients[0]?.patientId ?? '', limit: '1' }, stranger)
    const own = await list({ ...patientOf(0), limit: '1' })
    for (const { body } of [theirs, own]) {
      expect(body.next).toEqual(expect.any(String))
      const answer = await list({ transmission: 'none', cursor: body.next })
      expect(told(answer)).toBe('400 validation-failed')
      expect(fields(answer)).toEqual(['query.cursor'])
    }
  })

  it.each([
    ['query.transmission', {}],
    ['query.transmission', { both: 'yes' }],
    ['query.transmission', { transmission: 'lost' }],
    ['query.limit', { transmission: 'none', limit: '0' }],
    ['query.cursor', { transmission: 'none', cursor: 'W10' }],
  ])('400 when %s is wrong: %o', async (path, wrong) => {
    const { both, ...query } = wrong as Record<string, string>
    const answer = await list(both ? { ...patientOf(0), transmission: 'none' } : query)
    expect(told(answer)).toBe('400 validation-failed')
    expect(fields(answer)).toContain(path)
  })
})
