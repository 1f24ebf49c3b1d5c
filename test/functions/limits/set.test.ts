import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { sessionOf } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

const quotas = { read: 120, write: 60, bulk: 5, 'api-key': 1_000 }

describe('PUT /limits', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const set = async (body: object, own = practice) => (await own.as('admin')).call('limits.set', { body })

  it('200 sets them, and says so in the audit trail', async () => {
    const own = await newPractice()
    const answer = await set({ quotas, version: 0 }, own)
    expect([answer.status, answer.body.quotas, answer.body.version]).toEqual([200, quotas, 1])
    expect((await (await own.as('auditor')).call('limits.get')).body).toEqual(answer.body)
    expect(await own.recordsOf(answer)).toMatchObject([
      {
        name: 'limits.set',
        verb: 'U',
        outcome: 'success',
        entity: { type: 'RateLimit', id: own.practice.practiceId },
        changed: expect.arrayContaining(['read', 'write', 'bulk', 'api-key']),
      },
    ])
    const again = await set({ quotas: { ...quotas, read: 500 }, version: 1 }, own)
    expect([again.status, again.body.version, again.body.quotas.read]).toEqual([200, 2, 500])
  })

  it('200 holds for everybody of the practice half a minute later, and for nobody else', async () => {
    const own = await newPractice()
    const other = await newPractice()
    const policyOf = async (one: TestPractice, moment: string) =>
      at(moment, async () => {
        const client = await sessionOf(one.users.biller)
        return (await client.call('payers.list')).headers['ratelimit-policy']
      })
    const now = new Date().toJSON()
    expect(await policyOf(own, now)).toBe('"read";q=600;w=60')
    await at(now, () => set({ quotas, version: 0 }, own))
    expect(await policyOf(own, plus(now, 29_999))).toBe('"read";q=600;w=60')
    expect(await policyOf(own, plus(now, 30_000))).toBe('"read";q=120;w=60')
    expect(await policyOf(other, plus(now, 30_000))).toBe('"read";q=600;w=60')
  })

  it('200 lets its number through and no more: 429 after that, until as long as it says', async () => {
    const own = await newPractice()
    await set({ quotas, version: 0 }, own)
    // After the change itself has left the window.
    const moment = plus(new Date().toJSON(), 70_000)
    const answers = await at(moment, async () => {
      const client = await sessionOf(own.users.admin)
      return Promise.all(Array.from({ length: 64 }, () => client.call('patients.create', { body: {} })))
    })
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(4)
    const refused = answers.find(({ status }) => status === 429)
    const wait = Number(refused?.headers['retry-after'])
    expect(refused?.headers.ratelimit).toMatch(/^"write";r=0;t=6[0-6]$/)
    const status = async (ms: number) =>
      at(plus(moment, ms), async () => (await (await sessionOf(own.users.admin)).call('auth.logout')).status)
    // In a new session: the limit is the user's, in all of them together.
    expect([await status(1_000), await status(wait * 1_000 + 6_000)]).toEqual([429, 204])
  }, 60_000)

  it('409 when somebody else was first, also of twenty at once', async () => {
    const own = await newPractice()
    const admin = await own.as('admin')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        admin.call('limits.set', { body: { quotas: { ...quotas, read: 200 + index }, version: 0 } }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ body }) => body.code === 'conflict')).toHaveLength(19)
    expect((await set({ quotas, version: 5 }, own)).status).toBe(409)
  })

  it.each([
    ['below the floor', { read: 119 }],
    ['none at all', { write: 0 }],
    ['above the ceiling', { bulk: 121 }],
    ['of another class', { credential: 1_000 }],
    ['a fraction', { read: 200.5 }],
  ])('400 for a limit %s', async (_what, wrong) => {
    const { status, body } = await set({ quotas: { ...quotas, ...wrong }, version: 0 })
    expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      [`body.quotas.${Object.keys(wrong)[0]}`],
    ])
  })
})
