import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../shared/schema/identity.ts'
import { changeUser, deviceCookieOf, deviceOf, noticesOf, realHash } from '../harness/identity.ts'
import { newPractice, password, type TestPractice } from '../harness/index.ts'
import { type Answer, fire, holding, type Shot, tally, tokenIn, volley, warm } from './attacker.ts'
import { expectRecorded } from './denials.ts'

const practices: TestPractice[] = []
let hash: string
beforeAll(async () => {
  hash = await realHash()
  await warm('POST', '/auth/login', 12)
})

/** A practice of which one user has a second factor. */
async function victim(role: 'patient' | 'admin' = 'patient'): Promise<{ practice: TestPractice; user: User }> {
  const practice = await newPractice({ passwordHash: hash })
  practices.push(practice)
  const user = practice.users[role]
  await changeUser(user, { factors: ['totp'] })
  return { practice, user }
}

/** A sign-in with the right password, in a browser that holds these cookies: the thief has both. */
const signIn = ({ practiceSlug, email }: User, cookie?: string): Shot => ({
  method: 'POST',
  path: '/auth/login',
  body: { practice: practiceSlug, email, password },
  ...(cookie && { headers: { cookie } }),
})
const isTrusted = ({ body }: Answer): boolean => ['aal1+device', 'aal2'].includes(body.aal)
const code = ({ status, body }: Answer): string => `${status} ${body?.code ?? body?.next ?? ''}`.trim()

describe('the cookie of a trusted browser', () => {
  it('lets its own user in without the second factor: so what is refused below is refused for what it is', async () => {
    const { user } = await victim()
    const answer = await fire(signIn(user, (await deviceOf(user)).cookie))
    expect([answer.status, answer.body.aal]).toEqual([200, 'aal1+device'])
  })

  it('that was copied is worth nothing once its owner has come by, and its use ends the trust of both', async () => {
    const { practice, user } = await victim()
    const { cookie } = await deviceOf(user)
    const owner = await fire(signIn(user, cookie))
    expect(isTrusted(owner)).toBe(true)
    expect(code(await fire(signIn(user, cookie)))).toBe('200 mfa-verify')
    expect(code(await fire(signIn(user, deviceCookieOf(owner))))).toBe('200 mfa-verify')
    expect(await noticesOf(practice)).toContain('device-token-reused')
  })

  it('that was copied, used first by the thief, is found out when its owner comes by', async () => {
    const { practice, user } = await victim()
    const { cookie } = await deviceOf(user)
    const thief = await fire(signIn(user, cookie))
    expect(code(await fire(signIn(user, cookie)))).toBe('200 mfa-verify')
    expect(code(await fire(signIn(user, deviceCookieOf(thief))))).toBe('200 mfa-verify')
    expect(await noticesOf(practice)).toContain('device-token-reused')
  })

  it('used twelve times at one moment lets one in', async () => {
    const { user } = await victim()
    const { cookie } = await deviceOf(user)
    const answers = await volley(Array.from({ length: 12 }, () => signIn(user, cookie)))
    expect(answers.filter(isTrusted).length, JSON.stringify(tally(answers))).toBe(1)
  })

  it('of another user, of another practice, in parts or made up, is no factor', async () => {
    const { practice, user } = await victim()
    const mine = await deviceOf(user)
    const theirs = await deviceOf(practice.users.biller)
    const foreign = await deviceOf((await victim()).user)
    const [practiceId, userId, deviceId] = mine.token.split('.')
    const forged = [
      theirs.cookie,
      foreign.cookie,
      `__Host-did=${practiceId}.${userId}.${deviceId}.${randomBytes(32).toString('base64url')}`,
      `__Host-did=${practiceId}.${userId}.${theirs.device.deviceId}.${theirs.token.split('.')[3]}`,
      `__Host-did=${mine.token}.`,
      `${mine.cookie}; ${theirs.cookie}`,
      `did=${mine.token}`,
    ]
    for (const cookie of forged) expect(code(await fire(signIn(user, cookie))), cookie).toBe('200 mfa-verify')
    // None of them ended the trust that is there.
    expect(isTrusted(await fire(signIn(user, mine.cookie)))).toBe(true)
  })

  it('gives a thief no fresh factor: whoever came in by it changes neither factors nor trust', async () => {
    const { user } = await victim()
    const hand = holding(tokenIn(await fire(signIn(user, (await deviceOf(user)).cookie))))
    for (const [method, path, body] of [
      ['POST', '/devices', undefined],
      ['POST', '/mfa/backup-codes', undefined],
    ] as const) {
      expect(code(await hand.fire(method, path, { body })), path).toBe('403 step-up-required')
    }
  })

  it('is void when all sessions were ended and when the role is another', async () => {
    for (const change of [{ sessionEpoch: 1 }, { role: 'biller' }] as const) {
      const { user } = await victim('admin')
      const { cookie } = await deviceOf(user)
      await changeUser(user, change)
      expect(code(await fire(signIn(user, cookie)))).toBe('200 mfa-verify')
    }
  })
})

it('the trail holds every denial', () => expectRecorded(...practices.map(({ practice }) => practice.practiceId)))
