import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../shared/schema/identity.ts'
import { solutionOf } from '../harness/captcha.ts'
import { realHash } from '../harness/identity.ts'
import { newPractice, password, type TestPractice } from '../harness/index.ts'
import { type Answer, fire, holding, type Shot, tally, volley, warm } from './attacker.ts'
import { expectRecorded } from './denials.ts'

const practices: TestPractice[] = []
let hash: string
beforeAll(async () => {
  hash = await realHash()
  await warm('POST', '/auth/login', 8)
})

const newVictim = async (): Promise<User> => {
  const practice = await newPractice({ passwordHash: hash })
  practices.push(practice)
  return practice.users.patient
}

type Account = Pick<User, 'practiceSlug' | 'email'>

const wrong = 'not-the-right-password'

const signIn = ({ practiceSlug, email }: Account, secret: string, captcha?: string): Shot => ({
  method: 'POST',
  path: '/auth/login',
  body: { practice: practiceSlug, email, password: secret, ...(captcha && { captcha }) },
})

/** Asks for a challenge, as anybody can, and solves it. */
async function solve({ practiceSlug, email }: Account, purpose = 'login'): Promise<string> {
  const account = createHash('sha256').update(email).digest('base64url')
  const { body } = await fire({
    path: `/captcha/challenge?purpose=${purpose}&practice=${practiceSlug}&account=${account}`,
  })
  return solutionOf(body)
}

/** Uses up the tries that cost nothing. */
async function attack(account: Account): Promise<void> {
  const answers = await volley([1, 2, 3].map(() => signIn(account, wrong)))
  expect(tally(answers)).toEqual({ '401 credentials-refused': 3 })
}

const code = ({ status, body }: Answer): string => `${status} ${body?.code ?? ''}`.trim()

describe('guessing a password from many addresses', () => {
  it('is looked at three times, however many guesses come at one moment, and then asks for a CAPTCHA', async () => {
    const answers = await volley(Array.from({ length: 20 }, () => signIn({ ...victim }, wrong)))
    expect(tally(answers)).toEqual({ '401 credentials-refused': 3, '403 captcha-required': 17 })
  })
  let victim: User
  beforeAll(async () => {
    victim = await newVictim()
  })

  it('a right guess is answered like a wrong one once the tries are spent', async () => {
    expect(code(await fire(signIn(victim, password)))).toBe('403 captcha-required')
  })

  it('is met by the same gate whether there is such an account or not', async () => {
    const nobody = { practiceSlug: victim.practiceSlug, email: 'nobody@nowhere.example' }
    const answers = await volley(Array.from({ length: 20 }, () => signIn(nobody, wrong)))
    expect(tally(answers)).toEqual({ '401 credentials-refused': 3, '403 captcha-required': 17 })
  })

  it('gets no new tries by another spelling of e-mail or practice', async () => {
    const { practiceSlug, email } = victim
    const at = email.indexOf('@')
    const spellings: Account[] = [
      { practiceSlug, email: email.toUpperCase() },
      { practiceSlug, email: ` ${email}\t` },
      { practiceSlug, email: `${email}\u0000` },
      { practiceSlug, email: `${email}.` },
      { practiceSlug, email: `"${email.slice(0, at)}"${email.slice(at)}` },
      { practiceSlug, email: email.replace('.', '\uFF0E') },
      { practiceSlug, email: email.replace('a', '\u0430') },
      { practiceSlug, email: `${email}\u200B` },
      { practiceSlug: practiceSlug.toUpperCase(), email },
      { practiceSlug: ` ${practiceSlug}`, email },
      { practiceSlug: `${practiceSlug}#`, email },
    ]
    for (const spelling of spellings) {
      // The right password: it opens nothing, for this is the same account or none at all.
      const told = code(await fire(signIn(spelling, password)))
      expect(['403 captcha-required', '400 validation-failed'], JSON.stringify(spelling)).toContain(told)
    }
  })

  it('gets no new tries by another path, method or header', async () => {
    const shot = signIn(victim, password)
    for (const path of [
      '/auth/login/',
      '//auth/login',
      '/auth//login',
      '/auth/./login',
      '/auth/%6cogin',
      '/AUTH/LOGIN',
    ]) {
      expect(['403 captcha-required', '404'], path).toContain(code(await fire({ ...shot, path: `/api/v1${path}` })))
    }
    for (const headers of [
      { 'x-forwarded-for': '10.0.0.1' },
      { 'x-http-method-override': 'PUT' },
      { 'x-captcha': 'ok' },
    ]) {
      expect(code(await fire({ ...shot, headers }))).toBe('403 captcha-required')
    }
    for (const method of ['PUT', 'PATCH', 'GET']) expect((await fire({ ...shot, method })).status).toBe(404)
  })
})

describe('a lockout that somebody else brought about', () => {
  it('keeps the owner out of nothing: a CAPTCHA gets them in at once, and a session that is open goes on', async () => {
    const victim = await newVictim()
    const open = await practices.at(-1)?.as('patient')
    await attack(victim)
    for (const shot of [await solve(victim), await solve(victim)]) {
      expect(code(await fire(signIn(victim, wrong, shot)))).toBe('401 credentials-refused')
    }
    // From the fifth failure on there is a wait as well, which the CAPTCHA's own allowance passes over.
    expect((await fire(signIn(victim, password))).status).toBeGreaterThanOrEqual(403)
    const signedIn = await fire(signIn(victim, password, await solve(victim)))
    expect([signedIn.status, signedIn.body.userId]).toEqual([200, victim.userId])
    expect((await holding(open?.token ?? '').fire('GET', '/sessions/current')).status).toBe(200)
  })

  it("is of one account: nobody else's sign-in asks for a CAPTCHA", async () => {
    const victim = await newVictim()
    await attack(victim)
    const { auditor } = practices.at(-1)?.users ?? {}
    expect((await fire(signIn(auditor as User, password))).status).toBe(200)
  })

  it('costs an attacker a CAPTCHA for each guess, and more than four in a quarter of an hour are made to wait', async () => {
    const victim = await newVictim()
    await attack(victim)
    const solutions: string[] = []
    for (let count = 0; count < 8; count++) solutions.push(await solve(victim))
    const answers: Answer[] = []
    for (const solution of solutions) answers.push(await fire(signIn(victim, wrong, solution)))
    const looked = answers.filter(({ status }) => status === 401).length
    expect(looked).toBeLessThanOrEqual(6)
    expect(code(answers.at(-1) as Answer)).toBe('429 account-delayed')
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0)
  })
})

describe('the solution of a CAPTCHA', () => {
  it('works once: twenty guesses with one at one moment are one', async () => {
    const victim = await newVictim()
    await attack(victim)
    const solution = await solve(victim)
    const answers = await volley(Array.from({ length: 20 }, () => signIn(victim, wrong, solution)))
    expect(answers.filter(({ status }) => status === 401).length, JSON.stringify(tally(answers))).toBe(1)
    expect(code(await fire(signIn(victim, password, solution)))).toBe('403 captcha-required')
  })

  it('is worth nothing for another account or purpose', async () => {
    const [victim, other] = [await newVictim(), await newVictim()]
    await attack(victim)
    expect(code(await fire(signIn(victim, password, await solve(other))))).toBe('403 captcha-required')
    expect(code(await fire(signIn(victim, password, await solve(victim, 'reset'))))).toBe('403 captcha-required')
  })

  it('cannot be forged: neither its signature, nor its salt, nor its end, nor its algorithm', async () => {
    const victim = await newVictim()
    await attack(victim)
    const right = JSON.parse(Buffer.from(await solve(victim), 'base64').toString())
    const digest = (text: string) => createHash('sha256').update(text).digest('hex')
    const later = right.salt.replace(/\d{10,}/, (end: string) => String(Number(end) + 86_400))
    const forgeries = [
      { ...right, signature: '0'.repeat(64) },
      { ...right, signature: '' },
      { ...right, number: right.number + 1 },
      { ...right, salt: 'own', number: 1, challenge: digest('own1') },
      { ...right, salt: later, challenge: digest(later + right.number) },
      // Digits of the number pushed into the salt (CVE-2025-68113).
      { ...right, salt: `${right.salt}${String(right.number)[0]}`, number: Number(String(right.number).slice(1)) },
      { ...right, algorithm: 'SHA-1' },
      { ...right, algorithm: 'none', number: 0 },
      [],
      null,
    ]
    for (const forgery of forgeries) {
      const payload = Buffer.from(JSON.stringify(forgery)).toString('base64').padEnd(20, '=')
      const told = code(await fire(signIn(victim, password, payload)))
      expect(['403 captcha-required', '400 validation-failed'], JSON.stringify(forgery)).toContain(told)
    }
    // And the right one still is.
    const payload = Buffer.from(JSON.stringify(right)).toString('base64')
    expect((await fire(signIn(victim, password, payload))).status).toBe(200)
  })
})

it('the trail holds every denial', () => expectRecorded(...practices.map(({ practice }) => practice.practiceId)))
