import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { fields, tally, told } from '../appointments/fixture.ts'
import { claimNow, content, draft, submitted } from './fixture.ts'

describe('PUT /claims/{claimId}', () => {
  let practice: TestPractice
  let admin: Client
  const update = (claimId: string, version: number, more: object = {}, client = admin) =>
    client.call('claims.update', { params: { claimId }, body: { version, content: { ...content, ...more } } })
  const dearer = { lines: [{ ...content.lines[0], charge: 20_000 }] }
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })

  it('200 changes a draft, sums anew and audits the names of what changed', async () => {
    const claim = await draft(practice, admin)
    const answer = await update(claim.claimId, 1, { ...dearer, diagnoses: ['F33.1'] })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ total: 20_000, content: { diagnoses: ['F33.1'] }, status: 'draft', version: 2 })
    expect(await claimNow(claim)).toMatchObject(answer.body)
    const [record] = await practice.recordsOf(answer)
    expect(record).toMatchObject({ verb: 'U', outcome: 'success', entity: { id: claim.claimId }, version: 2 })
    expect(record?.changed).toEqual(expect.arrayContaining(['content', 'total']))
    expect(JSON.stringify(record)).not.toContain('F33')
  })

  it('409 when somebody changed it since it was read', async () => {
    const claim = await draft(practice, admin)
    await update(claim.claimId, 1, dearer)
    const answer = await update(claim.claimId, 1)
    expect(told(answer)).toBe('409 conflict')
    expect(fields(answer)).toEqual(['body.version'])
    expect(await claimNow(claim)).toMatchObject({ total: 20_000, version: 2 })
  })

  it('200 once when ten correct one version at once', async () => {
    const claim = await draft(practice, admin)
    const answers = await Promise.all(Array.from({ length: 10 }, () => update(claim.claimId, 1, dearer)))
    expect(tally(answers)).toEqual({ '200': 1, '409 conflict': 9 })
    expect(await claimNow(claim)).toMatchObject({ version: 2 })
  })

  it('409 when it is on its way', async () => {
    const { claim } = await submitted(practice, admin)
    expect(told(await update(claim.claimId, 2, dearer))).toBe('409 claim-not-draft')
    expect(await claimNow(claim)).toMatchObject({ total: 17_500, transmission: 'queued' })
  })

  it('404 when it is another practice’s, or the role may not bill', async () => {
    const other = await newPractice()
    const claim = await draft(other, await other.as('admin'))
    expect(told(await update(claim.claimId, 1))).toBe('404 claim-not-found')
    const own = await draft(practice, admin)
    expect(told(await update(own.claimId, 1, dearer, await practice.as('patient')))).toBe('404 forbidden')
    expect(await claimNow(own)).toMatchObject({ version: 1 })
  })

  it('400 when version or content is wrong', async () => {
    const id = 'clm_00000000000000000000'
    expect(fields(await update(id, 0))).toEqual(['body.version'])
    expect(fields(await update(id, 1, { lines: [] }))).toEqual(['body.content.lines'])
    expect(fields(await update(id, 1, { total: 1 }))).toEqual(['body.content.total'])
  })
})
