import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../shared/schema/identity.ts'
import { codeOf, enrol, owing, wrongCode } from '../harness/identity.ts'
import { itemsAt, newPractice, place, type TestPractice, table } from '../harness/index.ts'
import { type Answer, fire, holding, type Shot, tally, tokenIn, volley, warm } from './attacker.ts'
import { expectRecorded } from './denials.ts'

const practices: TestPractice[] = []

/** Somebody with an authenticator, whose code of this moment nobody has used. */
async function victim() {
  const practice = await newPractice()
  practices.push(practice)
  const user = practice.users.admin
  const { secret, backupCodes } = await enrol(await practice.as('admin', 'pending'))
  return { user, secret, backupCodes }
}

/** The request by which a half-done sign-in shows a code. */
const showing = (token: string, code: string): Shot => ({ method: 'POST', path: '/mfa/verify', token, body: { code } })

/** As many half-done sign-ins of one user as an attacker with the password can have. */
const pendings = async (user: User, count: number): Promise<string[]> =>
  (await Promise.all(Array.from({ length: count }, () => owing(user)))).map(({ token }) => token)

/** Shows a code in each of several sign-ins at one moment. */
const all = (tokens: readonly string[], code: string): Promise<Answer[]> =>
  volley(tokens.map(token => showing(token, code)))

/** The wrong codes that were really looked at, by the authenticator's own count. */
const lookedAt = async ({ practiceId, userId }: User): Promise<number> => {
  const items = await itemsAt(`FACTOR#${practiceId}#${userId}`)
  return Number(items.find(({ sk }) => sk === 'TOTP')?.failures)
}

/** As if the user had shown no code yet. */
const forgetSteps = ({ practiceId, userId }: User) =>
  table.send(
    new UpdateCommand({
      TableName: place.environment.TABLE_NAME,
      Key: { pk: `FACTOR#${practiceId}#${userId}`, sk: 'TOTP' },
      UpdateExpression: 'SET lastStep = :none',
      ExpressionAttributeValues: { ':none': -1 },
    }),
  )

beforeAll(() => warm('POST', '/mfa/verify'))

describe('a one-time code', () => {
  it('that was used opens no second session, in the same sign-in or another', async () => {
    const { user, secret } = await victim()
    const [first = '', second = ''] = await pendings(user, 2)
    const code = codeOf(secret)
    const used = await fire(showing(first, code))
    expect(used.status).toBe(200)
    const replays = [await fire(showing(second, code)), await fire(showing(tokenIn(used), code))]
    expect(tally(replays)).toEqual({ '401 code-refused': 2 })
  })

  it('of an earlier step works no more once a later one was used', async () => {
    const { user, secret } = await victim()
    await forgetSteps(user)
    const earlier = codeOf(secret, -1)
    const [first = '', second = ''] = await pendings(user, 2)
    expect((await fire(showing(first, codeOf(secret)))).status).toBe(200)
    expect(tally([await fire(showing(second, earlier))])).toEqual({ '401 code-refused': 1 })
  })

  it('shown by twenty sign-ins at one moment opens one session', async () => {
    const { user, secret } = await victim()
    const answers = await all(await pendings(user, 20), codeOf(secret))
    const opened = answers.filter(({ status }) => status === 200)
    expect(opened.length, JSON.stringify(tally(answers))).toBe(1)
    expect(answers.map(({ status }) => status).filter(status => ![200, 401, 409].includes(status))).toEqual([])
    expect(answers.filter(({ cookies }) => cookies.length > 0)).toEqual(opened)
  })

  it('shown twenty times at one moment by one sign-in opens one session', async () => {
    const { user, secret } = await victim()
    const [token = ''] = await pendings(user, 1)
    const answers = await all(Array<string>(20).fill(token), codeOf(secret))
    expect(answers.filter(({ status }) => status === 200).length, JSON.stringify(tally(answers))).toBe(1)
  })

  it("of one user completes no other user's sign-in", async () => {
    const [attacker, other] = [await victim(), await victim()]
    const [theirs = ''] = await pendings(other.user, 1)
    const own = codeOf(attacker.secret)
    const answers = [await fire(showing(theirs, own)), await fire(showing(theirs, attacker.backupCodes[0] ?? ''))]
    expect(tally(answers)).toEqual({ '401 code-refused': 2 })
  })
})

describe('a backup code', () => {
  it('shown by fifteen sign-ins at one moment opens one session, and none afterwards however it is spelt', async () => {
    const { user, backupCodes } = await victim()
    const [code = ''] = backupCodes
    const answers = await all(await pendings(user, 15), code)
    expect(answers.filter(({ status }) => status === 200).length, JSON.stringify(tally(answers))).toBe(1)
    const [late = ''] = await pendings(user, 1)
    const spellings = [code, code.toLowerCase(), code.replaceAll('-', ''), code.replaceAll('-', ' ')]
    for (const spelling of spellings) expect((await fire(showing(late, spelling))).body.code).toBe('code-refused')
  })
})

describe('guessing codes', () => {
  it('is looked at five times in one sign-in, however many guesses come at one moment', async () => {
    const { user, secret } = await victim()
    const [token = ''] = await pendings(user, 1)
    const answers = await all(Array<string>(40).fill(token), wrongCode(secret))
    expect(tally(answers)).toEqual({ '401 code-refused': 5, '429 too-many-attempts': 35 })
    expect(await lookedAt(user)).toBe(5)
  })

  it('is looked at twenty times a day, however many sign-ins are opened for it, one after another', async () => {
    const { user, secret } = await victim()
    const answers: Answer[] = []
    for (const token of await pendings(user, 6)) {
      for (let guess = 0; guess < 5; guess++) answers.push(await fire(showing(token, wrongCode(secret))))
    }
    expect(tally(answers)).toEqual({ '401 code-refused': 20, '429 too-many-attempts': 10 })
    expect(await lookedAt(user)).toBe(20)
  })

  it('is looked at twenty times a day, however many sign-ins guess at one moment', async () => {
    const { user, secret } = await victim()
    const tokens = await pendings(user, 12)
    const answers = await all(
      tokens.flatMap(token => Array<string>(4).fill(token)),
      wrongCode(secret),
    )
    const refused = tally(answers)['401 code-refused'] ?? 0
    expect(refused).toBeLessThanOrEqual(20)
    expect(await lookedAt(user)).toBe(refused)
  })

  it('tells nothing once the guesses are spent: a right code is answered like a wrong one', async () => {
    const { user, secret, backupCodes } = await victim()
    const [token = ''] = await pendings(user, 1)
    for (let guess = 0; guess < 5; guess++) await fire(showing(token, wrongCode(secret)))
    const answers = await Promise.all(
      [codeOf(secret), backupCodes[0] ?? '', wrongCode(secret)].map(code => fire(showing(token, code))),
    )
    const told = answers.map(({ status, body: { instance: _, ...body } }) => JSON.stringify([status, body]))
    expect(new Set(told).size).toBe(1)
    expect(tally(answers)).toEqual({ '429 too-many-attempts': 3 })
  })

  it('is not renewed by setting up another authenticator: one that is enabled is never replaced', async () => {
    const { user, secret } = await victim()
    const [token = ''] = await pendings(user, 1)
    const pending = holding(token)
    expect((await pending.fire('POST', '/mfa/setup')).body.code).toBe('mfa-required')
    expect((await pending.fire('POST', '/mfa/enable', { body: { code: codeOf(secret) } })).body.code).toBe(
      'mfa-not-set-up',
    )
  })
})

it('the trail holds every denial', () => expectRecorded(...practices.map(({ practice }) => practice.practiceId)))
