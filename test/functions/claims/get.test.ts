import { beforeAll, describe, expect, it } from 'vitest'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'
import { fields, told } from '../appointments/fixture.ts'
import { draft } from './fixture.ts'

describe('GET /claims/{claimId}', () => {
  let practice: TestPractice
  let admin: Client
  const get = (claimId: string, client = admin) => client.call('claims.get', { params: { claimId } })
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })

  it('200 shows it whole, and records who looked', async () => {
    const claim = await draft(practice, admin)
    const biller = await practice.as('biller')
    const answer = await get(claim.claimId, biller)
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual(claim)
    expect(await practice.recordsOf(answer)).toMatchObject([
      {
        verb: 'R',
        outcome: 'success',
        entity: { type: 'Claim', id: claim.claimId },
        patientId: claim.patientId,
        actor: { id: biller.user.userId, role: 'biller' },
        purposeOfUse: 'HPAYMT',
      },
    ])
  })

  it('200 to the patient whose it is, 404 to another', async () => {
    const patient = await practice.as('patient')
    const own = await draft(practice, admin)
    const others = await draft(practice, admin, 1)
    expect((await get(own.claimId, patient)).body).toEqual(own)
    expect(told(await get(others.claimId, patient))).toBe('404 claim-not-found')
  })

  it('404 when it is another practice’s, or nobody’s, or the role sees no claims', async () => {
    const other = await newPractice()
    const { claimId } = await draft(other, await other.as('admin'))
    expect(told(await get(claimId))).toBe('404 claim-not-found')
    expect(told(await get('clm_00000000000000000000'))).toBe('404 claim-not-found')
    const own = await draft(practice, admin)
    expect(told(await get(own.claimId, await practice.as('front-desk')))).toBe('404 forbidden')
  })

  it('400 when the id is no id', async () => {
    const answer = await get('clm_')
    expect(told(answer)).toBe('400 validation-failed')
    expect(fields(answer)).toEqual(['params.claimId'])
  })
})
