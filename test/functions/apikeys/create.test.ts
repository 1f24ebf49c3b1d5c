import { beforeAll, describe, expect, it } from 'vitest'
import { withBearer } from '../../harness/clients.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'

const body = {
  name: 'Calendar of the front desk',
  scopes: ['patient:read', 'appointment:read'],
  addresses: [],
  limit: 'standard',
  days: 90,
}

describe('POST /api-keys', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const make = async (change: object = {}) =>
    (await practice.as('admin')).call('apikeys.create', { body: { ...body, ...change } })

  it('201 makes a key that works, and shows its secret here alone', async () => {
    const answer = await make()
    expect(answer.status).toBe(201)
    const { secret, keyId, ...shown } = answer.body
    expect(secret).toMatch(/^hvn_[0-9A-Z]{20}\.[0-9A-Z]{20}\.[A-Za-z0-9_-]{43}$/)
    expect(shown).toMatchObject({ name: body.name, scopes: body.scopes, createdBy: practice.users.admin.userId })
    expect(Date.parse(shown.expiresAt) - Date.parse(shown.createdAt)).toBe(90 * 86_400_000)
    expect(JSON.stringify(shown)).not.toMatch(/hash/i)
    expect((await withBearer(secret)('patients.list')).status).toBe(200)

    const [item] = await itemsAt(`APIKEY#${practice.practice.practiceId}#${keyId}`)
    expect(item).toMatchObject({ secretHash: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) })
    expect(JSON.stringify(item)).not.toContain(secret.split('.')[2])
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ name: 'apikeys.create', verb: 'C', entity: { type: 'ApiKey', id: keyId } }),
    ])
  })

  it('201 keeps a scope once that was named twice', async () => {
    const { body: made } = await make({ scopes: ['patient:read', 'patient:read'] })
    expect(made.scopes).toEqual(['patient:read'])
  })

  it("422 for a permission that the maker's role does not hold", async () => {
    const { status, body: refused } = await make({ scopes: ['patient:read', 'telehealth:join'] })
    expect([status, refused.code, refused.errors[0].path]).toEqual([422, 'scope-not-held', 'body.scopes.1'])
  })

  it.each([
    ['the making of keys', { scopes: ['api-key:manage'] }],
    ["what is somebody's own", { scopes: ['audit:read-own'] }],
    ['a permission that there is not', { scopes: ['everything'] }],
    ['no scope', { scopes: [] }],
    ['more than a year', { days: 366 }],
    ['no day', { days: 0 }],
    ['an address that is none', { addresses: ['203.0.113.1/24'] }],
    ['a class that there is not', { limit: 'unlimited' }],
  ])('400 for %s', async (_, change) => {
    expect((await make(change)).status).toBe(400)
  })

  it('writes no secret into a log line or an audit record', async () => {
    let secret = ''
    const output = await outputOf(async () => {
      secret = (await make()).body.secret
      await withBearer(secret)('patients.list')
      await withBearer(`${secret}x`)('patients.list')
    })
    expect(output).toContain('"apiKeyId":"key_')
    const [, , random = ''] = secret.split('.')
    expect(random).toHaveLength(43)
    for (const kept of [output, JSON.stringify(await practice.trail())]) expect(kept).not.toContain(random)
  })
})
