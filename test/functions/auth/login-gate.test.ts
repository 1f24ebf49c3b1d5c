import { beforeAll, describe, expect, it } from 'vitest'
import { accountOf } from '../../../shared/domain/gate.ts'
import type { User } from '../../../shared/schema/identity.ts'
import { type Someone, solved } from '../../harness/captcha.ts'
import { at, plus } from '../../harness/clock.ts'
import { clientOf, login, realHash } from '../../harness/identity.ts'
import {
  type Answer,
  call,
  freshAddress,
  itemsAt,
  newPractice,
  plant,
  recordsOf,
  type TestPractice,
} from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { alike, compared, provenApart } from '../../harness/timing.ts'

describe('POST /auth/login at an account under attack', () => {
  let hash: string
  let practice: TestPractice
  beforeAll(async () => {
    hash = await realHash()
    practice = await newPractice({ passwordHash: hash })
  })

  /** A user whose account nobody has tried yet. */
  const fresh = async () => (await newPractice({ passwordHash: hash })).users.patient
  const nobodyOf = (user: User): User => ({ ...user, email: `nobody-${user.practiceSlug}@nowhere.example` })
  const wrong = { password: 'not-the-password' }
  const signIn = (someone: Someone & { practiceSlug: string }, captcha?: string, given = wrong.password) =>
    call('auth.login', {
      sourceIp: freshAddress(),
      body: { practice: someone.practiceSlug, email: someone.email, password: given, ...(captcha && { captcha }) },
    })
  const codeOf = ({ status, body }: Answer) => [status, body.code]
  const bucketOf = (someone: Someone) => itemsAt(`GATE#${accountOf(someone.practiceSlug, someone.email)}`)
  /** Makes an account one at which so many attempts have failed just now. */
  const attack = (someone: Someone, failures: number, more: object = {}) => {
    const day = new Date().toJSON().slice(0, 10)
    const pk = `GATE#${accountOf(someone.practiceSlug, someone.email)}`
    return plant({ pk, sk: day, failures, lastAt: Date.now(), ttl: Math.ceil(Date.now() / 1000) + 86_400, ...more })
  }

  it('200 with a right CAPTCHA, which is demanded from the fourth try on', async () => {
    const user = await fresh()
    for (let count = 0; count < 3; count++)
      expect(codeOf(await login(user, wrong))).toEqual([401, 'credentials-refused'])
    const demanded = await login(user)
    expect(codeOf(demanded)).toEqual([403, 'captcha-required'])
    expect(demanded.cookies).toEqual([])
    const answer = await signIn(user, await solved(user), 'a-long-test-password')
    expect(answer.status).toBe(200)
    expect(await bucketOf(user)).toEqual([])
    expect((await login(user)).status).toBe(200)
  })

  it('200 leaves an open session alone, whatever happens to the account', async () => {
    const user = await fresh()
    const client = clientOf(user, await login(user))
    await attack(user, 50)
    expect(codeOf(await login(user))).toEqual([429, 'account-delayed'])
    expect((await client.call('patients.list')).status).toBe(200)
    expect((await client.call('sessions.refresh')).status).toBe(200)
  })

  it('200 forgives what failed before', async () => {
    const user = await fresh()
    for (let count = 0; count < 2; count++) await login(user, wrong)
    expect(await bucketOf(user)).toMatchObject([{ failures: 2 }])
    expect((await login(user)).status).toBe(200)
    expect(await bucketOf(user)).toEqual([])
  })

  it('401 for three of twenty guesses at once: an attempt is counted before its password is looked at', async () => {
    const user = await fresh()
    const answers = await Promise.all(Array.from({ length: 20 }, () => login(user, wrong)))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3)
    expect(answers.filter(({ body }) => body.code === 'captcha-required')).toHaveLength(17)
    expect(await bucketOf(user)).toMatchObject([{ failures: 3 }])
  }, 60_000)

  it('403 for a solution that was used, one of another account, and one of another purpose', async () => {
    const user = await fresh()
    const other = practice.users.biller
    await attack(user, 3)
    const used = await solved(user)
    expect(codeOf(await signIn(user, used))).toEqual([401, 'credentials-refused'])
    for (const captcha of [used, await solved(other), await solved(user, 'reset'), 'not-a-solution-of-anything']) {
      expect(codeOf(await signIn(user, captcha, 'a-long-test-password'))).toEqual([403, 'captcha-required'])
    }
    expect(await bucketOf(user)).toMatchObject([{ failures: 4 }])
  })

  it('403 for a solution that is older than ten minutes', async () => {
    const user = await fresh()
    const now = '2031-07-01T10:00:00.000Z'
    const captcha = await at(now, async () => {
      for (let count = 0; count < 3; count++) await login(user, wrong)
      return solved(user)
    })
    expect(codeOf(await at(plus(now, 600_000), () => signIn(user, captcha)))).toEqual([403, 'captcha-required'])
    expect(codeOf(await at(plus(now, 599_000), () => signIn(user, captcha)))).toEqual([401, 'credentials-refused'])
  })

  it('429 says how long, and the delay grows', async () => {
    const user = await fresh()
    const waits: string[] = []
    for (const failures of [5, 6, 9, 13, 14, 60]) {
      await attack(user, failures)
      const answer = await login(user)
      expect([...codeOf(answer), answer.cookies]).toEqual([429, 'account-delayed', []])
      waits.push(answer.headers['retry-after'] ?? '')
    }
    expect(waits.map(Number)).toEqual([2, 4, 32, 512, 900, 900])
  })

  it('429 after four CAPTCHAs in a quarter of an hour, which let a person through the delay', async () => {
    const user = await fresh()
    await attack(user, 20)
    const start = Math.ceil(Date.now() / 900_000) * 900_000
    const day = new Date(start).toJSON().slice(0, 10)
    const pk = `GATE#${accountOf(user.practiceSlug, user.email)}`
    await plant({ pk, sk: day, failures: 20, lastAt: start - 1, ttl: Math.ceil(start / 1000) + 86_400 })
    await at(start, async () => {
      for (let count = 0; count < 4; count++) {
        expect(codeOf(await signIn(user, await solved(user)))).toEqual([401, 'credentials-refused'])
      }
      expect(codeOf(await signIn(user, await solved(user)))).toEqual([429, 'account-delayed'])
    })
  })

  it('records each refusal where it belongs, and says it in the metrics', async () => {
    const user = await fresh()
    const answers: Answer[] = []
    const output = await outputOf(async () => {
      await attack(user, 4)
      answers.push(await login(user))
      await attack(user, 9)
      answers.push(await login(user))
      await attack(nobodyOf(user), 9)
      answers.push(await login(nobodyOf(user)))
      answers.push(await login(practice.users.auditor, wrong))
    })
    const [demanded, delayed, unknown] = answers as [Answer, Answer, Answer]
    const denied = { name: 'auth.login', outcome: 'denied', actor: { type: 'anonymous', id: user.userId } }
    expect(await recordsOf(user.practiceId, demanded)).toMatchObject([{ ...denied, reason: 'captcha-required' }])
    expect(await recordsOf(user.practiceId, delayed)).toMatchObject([{ ...denied, reason: 'account-delayed' }])
    expect(await recordsOf('platform', unknown)).toMatchObject([
      { outcome: 'denied', reason: 'account-delayed', actor: { id: 'anonymous' } },
    ])
    expect(output).toContain('"Limited-account-delayed":1')
    expect(output).toContain('"CredentialsRefused":1')
    expect(output).not.toContain(user.email)
  })

  describe('says the same of a known and of an unknown account, and takes as long', () => {
    /** In each state of the gate, with what is shown to it. */
    const states: [what: string, failures: number, shows: boolean, more: object, status: number][] = [
      ['at rest', 0, false, {}, 401],
      ['that must show a CAPTCHA', 4, false, {}, 403],
      ['that shows one', 4, true, {}, 401],
      ['that is delayed', 9, false, {}, 429],
      ['that is let through the delay', 9, true, {}, 401],
    ]

    it.each(states)(
      '%s',
      async (_what, failures, shows, more, status) => {
        const known = await fresh()
        const unknown = nobodyOf(known)
        const rounds = status === 401 ? 11 : 30
        const times = { known: [] as number[], unknown: [] as number[] }
        const said = { known: [] as unknown[], unknown: [] as unknown[] }
        const ask = async (who: 'known' | 'unknown', user: User) => {
          await attack(user, failures, more)
          const captcha = shows ? await solved(user) : undefined
          const start = performance.now()
          const answer = await signIn(user, captcha)
          times[who].push(performance.now() - start)
          expect(answer.status).toBe(status)
          said[who].push(told(answer))
        }
        // More samples where the machine was busy: noise goes away with them, and a real difference stays.
        for (let run = 0; run < 4 && !(run && alike(times.known, times.unknown)); run++) {
          // Interleaved, and each first in turn: whatever else the machine does disturbs both alike.
          for (let round = 0; round < rounds; round++) {
            await (round % 2 ? ask('known', known) : ask('unknown', unknown))
            await (round % 2 ? ask('unknown', unknown) : ask('known', known))
          }
        }
        expect(said.known).toEqual(said.unknown)
        expect(provenApart(times.known, times.unknown), compared(times.known, times.unknown)).toBe(false)
      },
      120_000,
    )
  })
})

/** What the client is told, without what tells one request from another. */
function told({ status, headers, cookies, body: { instance: _, ...body } }: Answer) {
  const { 'x-request-id': _id, ratelimit: _limit, ...rest } = headers
  return { status, cookies, body, headers: rest }
}
