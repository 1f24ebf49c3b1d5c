import { beforeAll, describe, expect, it } from 'vitest'
import { payers } from '../../../local/seed/cast.ts'
import { itemsAt, newPractice, plant, type TestPractice } from '../../harness/index.ts'

describe('GET /payers', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it.each(['practitioner', 'supervisor', 'biller', 'front-desk', 'admin'] as const)(
    '200 lists whom the practice bills to a %s',
    async role => {
      const { status, body } = await (await practice.as(role)).call('payers.list')
      expect([status, body]).toEqual([200, { items: payers }])
    },
  )

  it('200 is audited', async () => {
    const biller = await practice.as('biller')
    const answer = await biller.call('payers.list')
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'payers.list',
        verb: 'R',
        outcome: 'success',
        actor: expect.objectContaining({ id: biller.user.userId }),
        entity: { type: 'Organization', id: 'payers' },
      }),
    ])
  })

  it("200 lists the own practice's, whatever another's are", async () => {
    const other = await newPractice()
    const [item] = await itemsAt(`PRACTICE#${other.practice.practiceId}`)
    await plant({ ...item, payers: [] })
    expect((await (await other.as('biller')).call('payers.list')).body).toEqual({ items: [] })
    expect((await (await practice.as('biller')).call('payers.list')).body.items).toHaveLength(payers.length)
  })

  it.each(['patient', 'auditor'] as const)('404 for a %s', async role => {
    const { status, body } = await (await practice.as(role)).call('payers.list')
    expect([status, body.code]).toEqual([404, 'forbidden'])
  })

  it('400 with a parameter', async () => {
    const { status } = await (await practice.as('biller')).call('payers.list', { query: { limit: '5' } })
    expect(status).toBe(400)
  })
})
