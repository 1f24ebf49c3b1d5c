import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /practitioners', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const idsOf = (items: { practitionerId: string }[]) => items.map(({ practitionerId }) => practitionerId)

  it.each(['patient', 'practitioner', 'supervisor', 'biller', 'front-desk', 'admin'] as const)(
    '200 lists who can be booked to a %s',
    async role => {
      const { status, body } = await (await practice.as(role)).call('practitioners.list')
      expect(status).toBe(200)
      expect(idsOf(body.items).sort()).toEqual(idsOf(practice.practitioners).sort())
    },
  )

  it('200 says all of each, and when they work', async () => {
    const { body } = await (await practice.as('patient')).call('practitioners.list')
    expect(body.items).toEqual(expect.arrayContaining(practice.practitioners))
  })

  it('200 pages without losing or doubling anybody', async () => {
    const own = await newPractice()
    const admin = await own.as('admin')
    const { name, npi, taxonomy, zone } = own.practitioners[0] ?? {}
    for (let number = 0; number < 5; number++) {
      await admin.call('practitioners.create', { body: { name, npi, taxonomy, zone, availability: [] } })
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { body } = await admin.call('practitioners.list', { query: { limit: '2', ...(cursor && { cursor }) } })
      seen.push(...idsOf(body.items))
      cursor = body.next
    } while (cursor)
    expect(seen).toHaveLength(7)
    expect(seen).toEqual([...new Set(seen)].sort())
  })

  it("400 with another practice's cursor", async () => {
    const other = await newPractice()
    const { next } = (await (await other.as('admin')).call('practitioners.list', { query: { limit: '1' } })).body
    const { status } = await (await practice.as('admin')).call('practitioners.list', { query: { cursor: next } })
    expect(status).toBe(400)
  })

  it('200 is audited', async () => {
    const patient = await practice.as('patient')
    const answer = await patient.call('practitioners.list')
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'practitioners.list',
        outcome: 'success',
        actor: expect.objectContaining({ id: patient.user.userId }),
        entity: { type: 'Practitioner', id: 'list' },
        purposeOfUse: 'PATRQT',
      }),
    ])
  })

  it('404 for an auditor', async () => {
    expect((await (await practice.as('auditor')).call('practitioners.list')).status).toBe(404)
  })

  it('400 for a forged cursor', async () => {
    const { status, body } = await (await practice.as('admin')).call('practitioners.list', {
      query: { cursor: 'AAAA' },
    })
    expect([status, body.errors[0].path]).toEqual([400, 'query.cursor'])
  })
})
