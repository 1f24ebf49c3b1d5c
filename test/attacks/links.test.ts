import { beforeAll, describe, expect, it } from 'vitest'
import { Authenticator } from '../harness/authenticator.ts'
import { clientOf, codeOf, enrol, owing, rested, sessionOf, textedCode, withPhone } from '../harness/identity.ts'
import { itemsLike, newPractice, type TestPractice } from '../harness/index.ts'
import { tokenOf } from '../harness/letters.ts'
import { type Answer, fire, holding, origin, type Shot, tally, tokenIn, volley, warm } from './attacker.ts'
import { expectRecorded } from './denials.ts'

const practices: TestPractice[] = []
const planted = async (): Promise<TestPractice> => {
  const practice = await newPractice()
  practices.push(practice)
  return practice
}
const chosen = 'nine quiet herons at dawn'
const code = ({ status, body }: Answer): string => `${status} ${body?.code ?? ''}`.trim()
const post = (path: string, body: unknown, more: Partial<Shot> = {}): Shot => ({ method: 'POST', path, body, ...more })
const reset = (token: string, password = chosen) => post('/passwords/reset', { token, password })
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)

/** A reset that its user asked for, and the token in its mail. */
async function asked() {
  const practice = await planted()
  const user = practice.users.patient
  const { practiceSlug, email } = user
  expect((await fire(post('/passwords/forgot', { practice: practiceSlug, email }))).status).toBe(204)
  return { practice, user, token: await tokenOf(practice.practice.practiceId, 'password-reset') }
}

/** An invitation to a practice, and the token in its mail. */
async function invited() {
  const practice = await planted()
  const { token: session } = await practice.as('admin')
  const email = `new@${practice.practice.slug}.example`
  const answer = await fire(post('/invitations', { email, role: 'biller' }, { token: session }))
  expect(answer.status).toBe(202)
  return { practice, email, token: await tokenOf(practice.practice.practiceId, 'invitation') }
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Tokens that are nearly one. */
const nearly = (token: string): string[] => {
  const [ticket = '', mac = ''] = token.split('.')
  return [
    `${ticket}.${mac.slice(0, -1)}`,
    `${ticket}.${mac.slice(0, -1)}${mac.endsWith('A') ? 'B' : 'A'}`,
    // The other three spellings of the same bytes: the last character's low bits are none of theirs.
    ...[1, 2, 3].map(bits => `${ticket}.${mac.slice(0, -1)}${alphabet[alphabet.indexOf(mac.slice(-1)) ^ bits]}`),
    `${ticket}.${'A'.repeat(43)}`,
    `${ticket.slice(0, -1)}${ticket.endsWith('0') ? '1' : '0'}.${mac}`,
    `${ticket}.${mac}.${mac}`,
    `${ticket}..${mac}`,
    ticket,
    `${token}=`,
    `${token} `,
    `${token}\u0000`,
    '',
  ]
}

describe('the link of a reset', () => {
  beforeAll(() => warm('POST', '/passwords/reset', 12))

  it('opened by twelve at one moment sets one password, and afterwards none', async () => {
    const { token } = await asked()
    const answers = await volley(times(12, 0).map((_, index) => reset(token, `${chosen} ${index} times over`)))
    expect(answers.filter(({ status }) => status === 204).length, JSON.stringify(tally(answers))).toBe(1)
    expect(answers.filter(({ status }) => ![204, 409].includes(status)).map(code)).toEqual([])
    expect(code(await fire(reset(token)))).toBe('409 link-refused')
  })

  it('is spent by the use of another one, and signs nobody in', async () => {
    const { practice, user, token: first } = await asked()
    const { practiceSlug, email } = user
    await fire(post('/passwords/forgot', { practice: practiceSlug, email }))
    const second = await tokenOf(practice.practice.practiceId, 'password-reset')
    expect(second).not.toBe(first)
    const used = await fire(reset(second))
    expect([used.status, used.cookies]).toEqual([204, []])
    expect(code(await fire(reset(first)))).toBe('409 link-refused')
  })

  it('cannot be made from another: no change of it is taken', async () => {
    const { token } = await asked()
    for (const wrong of nearly(token)) expect([400, 409], wrong).toContain((await fire(reset(wrong))).status)
    expect((await fire(reset(token))).status).toBe(204)
  })

  it('opens nothing else, and no other link resets a password', async () => {
    const [{ token }, invitation] = [await asked(), await invited()]
    expect(code(await fire(post('/accounts', { token, password: chosen })))).toBe('409 link-refused')
    expect(code(await fire(post('/accounts/undo', { token })))).toBe('409 link-refused')
    expect(code(await fire(reset(invitation.token)))).toBe('409 link-refused')
    expect((await fire(reset(token))).status).toBe(204)
  })
})

describe('an invitation', () => {
  beforeAll(() => warm('POST', '/accounts', 12))

  it('taken by twelve at one moment opens one account and one session, and afterwards none', async () => {
    const { practice, token, email } = await invited()
    const answers = await volley(times(12, post('/accounts', { token, password: chosen })))
    const opened = answers.filter(({ status }) => status === 201)
    expect(opened.length, JSON.stringify(tally(answers))).toBe(1)
    expect(answers.filter(({ cookies }) => cookies.length > 0)).toEqual(opened)
    expect(code(await fire(post('/accounts', { token, password: chosen })))).toBe('409 link-refused')
    const users = await itemsLike(`USER#${practice.practice.practiceId}#`)
    expect(users.filter(user => user.email === email)).toHaveLength(1)
  })

  it('gives the role that the practice gave, whatever else is asked for, and owes a second factor', async () => {
    const { token } = await invited()
    for (const more of [
      { role: 'admin' },
      { practiceId: 'prc_0' },
      { email: 'x@evil.example' },
      { factors: ['totp'] },
    ]) {
      expect(code(await fire(post('/accounts', { token, password: chosen, ...more })))).toBe('400 validation-failed')
    }
    const { body } = await fire(post('/accounts', { token, password: chosen }))
    expect(body).toMatchObject({ role: 'biller', aal: 'pending', next: 'mfa-setup' })
  })

  it('of before opens nothing once another was sent', async () => {
    const { practice, email, token: first } = await invited()
    const { token: session } = await practice.as('admin')
    await fire(post('/invitations', { email, role: 'auditor' }, { token: session }))
    const second = await tokenOf(practice.practice.practiceId, 'invitation')
    expect(code(await fire(post('/accounts', { token: first, password: chosen })))).toBe('409 link-refused')
    expect((await fire(post('/accounts', { token: second, password: chosen }))).body.role).toBe('auditor')
  })
})

describe('a code by text message', () => {
  const send = (token: string): Shot => ({ method: 'POST', path: '/mfa/sms/send', token })
  const show = (token: string, sms: string): Shot => ({
    method: 'POST',
    path: '/mfa/sms/verify',
    token,
    body: { code: sms },
  })
  beforeAll(() => warm('POST', '/mfa/sms/send', 12))

  it('is sent once, however many sign-ins of its user ask at one moment: nobody earns by pumping texts', async () => {
    const practice = await planted()
    const { user } = await withPhone(practice)
    await rested(user)
    const before = (await itemsLike(`NOTICE#${practice.practice.practiceId}#`)).length
    const tokens = await Promise.all(times(12, user).map(async one => (await owing(one)).token))
    const answers = await volley(tokens.map(send))
    expect(answers.filter(({ status }) => status === 200).length, JSON.stringify(tally(answers))).toBe(1)
    expect((await itemsLike(`NOTICE#${practice.practice.practiceId}#`)).length - before).toBe(1)
  })

  it('is sent ten times a day at most, however often the wait between two is over', async () => {
    const { user } = await withPhone(await planted())
    const answers: Answer[] = []
    for (let text = 0; text < 12; text++) {
      await rested(user)
      answers.push(await fire(send((await owing(user)).token)))
    }
    // One was spent when the phone was set up.
    expect(tally(answers)).toEqual({ '200': 9, '429 too-many-texts': 3 })
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(60)
  })

  it('shown by twelve at one moment opens one session, only in the sign-in that asked, and never again', async () => {
    const { user } = await withPhone(await planted())
    await rested(user)
    const [mine, other] = [await owing(user), await owing(user)]
    expect((await fire(send(mine.token))).status).toBe(200)
    const sms = await textedCode(user)
    expect(code(await fire(show(other.token, sms)))).toBe('401 code-refused')
    await warm('POST', '/mfa/sms/verify', 12)
    const answers = await volley(times(12, show(mine.token, sms)))
    expect(answers.filter(({ status }) => status === 200).length, JSON.stringify(tally(answers))).toBe(1)
    const late = await owing(user)
    expect(code(await fire(show(late.token, sms)))).toBe('401 code-refused')
  })
})

describe('a ceremony with a passkey', () => {
  it('that one session began ends in no other: not of somebody else, and not of its own user', async () => {
    const practice = await planted()
    const { client } = await enrol(await practice.as('practitioner', 'pending'))
    const { body: options } = await holding(client.token).fire('POST', '/passkeys/registration/options')
    const credential = new Authenticator().create(options, { origin })
    const finish = (token: string) =>
      holding(token).fire('POST', '/passkeys', { body: { ticketId: options.ticketId, credential, label: 'A phone' } })
    const others = [await sessionOf(practice.users.practitioner), await sessionOf(practice.users.admin)]
    for (const { token } of others) expect(code(await finish(token))).toBe('401 passkey-refused')
    expect((await finish(client.token)).status).toBe(201)
  })
})

describe('a session that stepped up', () => {
  it('twelve times at one moment with one code has one new token', async () => {
    const practice = await planted()
    const { client, secret } = await enrol(await practice.as('admin', 'pending'))
    await warm('POST', '/mfa/step-up', 12)
    const shot: Shot = { method: 'POST', path: '/mfa/step-up', token: client.token, body: { code: codeOf(secret) } }
    const answers = await volley(times(12, shot))
    const renewed = answers.filter(({ status }) => status === 200)
    expect(renewed.length, JSON.stringify(tally(answers))).toBe(1)
    const { token } = clientOf(practice.users.admin, renewed[0] as Answer)
    expect(token).toBe(tokenIn(renewed[0] as Answer))
    expect((await fire({ path: '/sessions/current', token })).status).toBe(200)
    expect((await fire({ path: '/sessions/current', token: client.token })).status).toBe(401)
  })
})

it('the trail holds every denial', () => expectRecorded(...practices.map(({ practice }) => practice.practiceId)))
