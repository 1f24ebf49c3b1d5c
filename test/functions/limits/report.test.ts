import { describe, expect, it } from 'vitest'
import { solved } from '../../harness/captcha.ts'
import { at } from '../../harness/clock.ts'
import { sessionOf } from '../../harness/identity.ts'
import { call, freshAddress, newPractice } from '../../harness/index.ts'

describe('GET /limits/report', () => {
  it('200 tells of users, accounts and addresses that were limited, by rule and without a name', async () => {
    const practice = await newPractice()
    const { admin, biller } = practice.users
    const sourceIp = freshAddress()
    const quotas = { read: 600, write: 60, bulk: 5, 'api-key': 600 }
    await at('2032-02-03T08:59:00.000Z', async () =>
      (await sessionOf(admin)).call('limits.set', { body: { quotas, version: 0 } }),
    )
    const answer = await at('2032-02-03T09:00:00.000Z', async () => {
      const client = await sessionOf(biller)
      for (let count = 0; count < 63; count++) await client.call('patients.create', { body: {} })
      for (let count = 0; count < 22; count++) await call('auth.login', { body: {}, sourceIp })
      const body = { practice: admin.practiceSlug, email: admin.email, password: 'not-the-password' }
      for (let count = 0; count < 6; count++) {
        await call('auth.login', { body: { ...body, captcha: await solved(admin) }, sourceIp: freshAddress() })
      }
      return (await sessionOf(practice.users.auditor)).call('limits.report')
    })
    expect(answer.status).toBe(200)
    const { items } = answer.body
    const rule = { subject: expect.stringMatching(/^[\w-]{10}$/), at: '2032-02-03T09:00:00.000Z' }
    expect(items).toHaveLength(3)
    expect(items).toEqual(
      expect.arrayContaining([
        { class: 'write', kind: 'user', count: 61, window: 60, ...rule },
        { class: 'credential', kind: 'address', count: 21, window: 300, ...rule },
        { class: 'account', kind: 'account', count: 5, window: 86_400, ...rule },
      ]),
    )
    for (const word of [biller.userId, admin.email, sourceIp]) expect(JSON.stringify(items)).not.toContain(word)
    const records = await at('2032-02-03T09:00:00.000Z', () => practice.recordsOf(answer))
    expect(records).toMatchObject([{ name: 'limits.report', outcome: 'success' }])
  }, 60_000)

  it("200 knows nothing of another practice's users and accounts", async () => {
    const [own, other] = [await newPractice(), await newPractice()]
    await at('2032-03-03T09:00:00.000Z', async () => {
      const { admin } = other.users
      const body = { practice: admin.practiceSlug, email: admin.email, password: 'not-the-password' }
      for (let count = 0; count < 5; count++) {
        await call('auth.login', { body: { ...body, captcha: await solved(admin) }, sourceIp: freshAddress() })
      }
    })
    const report = async (of: typeof own) =>
      (await (await of.as('admin')).call('limits.report', { query: { day: '2032-03-03' } })).body
    expect((await report(own)).items).toEqual([])
    expect((await report(other)).items).toHaveLength(1)
  }, 60_000)

  it('200 is empty for a day on which nobody was limited, and 400 for what is no day', async () => {
    const admin = await (await newPractice()).as('admin')
    expect((await admin.call('limits.report', { query: { day: '2001-01-01' } })).body).toEqual({ items: [] })
    expect((await admin.call('limits.report', { query: { day: 'today' } })).status).toBe(400)
  })
})
