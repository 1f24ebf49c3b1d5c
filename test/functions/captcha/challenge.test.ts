import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { captcha } from '../../../shared/adapters/captcha.ts'
import { solutionOf } from '../../harness/captcha.ts'
import { at, plus } from '../../harness/clock.ts'
import { call, freshAddress } from '../../harness/index.ts'

const account = createHash('sha256').update('somebody@harbor.example').digest('base64url')
const query = { purpose: 'login', practice: 'harbor', account }
const ask = (more: Record<string, string> = {}) =>
  call('captcha.challenge', { query: { ...query, ...more }, sourceIp: freshAddress() })
const check = (solution: string, now = new Date().toJSON(), purpose: 'login' | 'reset' = 'login', who = account) =>
  captcha({ now, signal: AbortSignal.timeout(5_000) }).check(solution, purpose, `harbor#${who}`)

describe('GET /captcha/challenge', () => {
  it('200 gives a challenge whose solution is right, and a new one each time', async () => {
    const [one, other] = [await ask(), await ask()]
    expect([one.status, other.status]).toEqual([200, 200])
    expect(one.body).toMatchObject({ provider: 'altcha', algorithm: 'SHA-256', maxnumber: 1_000 })
    expect(one.body.salt).not.toBe(other.body.salt)
    expect(await check(solutionOf(one.body))).toBe(one.body.challenge)
    expect(one.headers['cache-control']).toBe('no-store')
  })

  it('200 and its solution is right for ten minutes, and not a second longer', async () => {
    const now = '2031-05-01T10:00:00.000Z'
    const { body } = await at(now, () => ask())
    const solution = solutionOf(body)
    expect(await check(solution, plus(now, 599_000))).toBeDefined()
    expect(await check(solution, plus(now, 600_000))).toBeUndefined()
  })

  it('200 and its solution is right for nothing but its purpose and account', async () => {
    const solution = solutionOf((await ask()).body)
    expect(await check(solution, undefined, 'reset')).toBeUndefined()
    expect(await check(solution, undefined, 'login', account.replace(/^./, 'x'))).toBeUndefined()
    expect(await check(solution)).toBeDefined()
  })

  it('200 and nothing else is a solution: no other number, salt, challenge or signature', async () => {
    const { body } = await ask()
    const right = JSON.parse(Buffer.from(solutionOf(body), 'base64').toString())
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
    const later = right.salt.replace(/expires=\d+/, 'expires=99999999999')
    const wrong = [
      { ...right, number: right.number + 1 },
      { ...right, salt: later },
      { ...right, salt: later, challenge: sha256(later + right.number) },
      { ...right, signature: '0'.repeat(64) },
      { ...right, signature: right.signature.slice(1) },
      { ...right, algorithm: 'SHA-1' },
      // CVE-2025-68113: digits of the number moved into the last parameter of the salt.
      { ...right, salt: `${right.salt}${String(right.number)[0]}`, number: Number(String(right.number).slice(1) || 0) },
      { ...right, number: `${right.number}` },
      {},
      null,
    ]
    for (const each of wrong) {
      expect(await check(Buffer.from(JSON.stringify(each)).toString('base64')), JSON.stringify(each)).toBeUndefined()
    }
    expect(await check('not even base64 of JSON')).toBeUndefined()
  })

  it.each<Record<string, string>>([
    { purpose: 'other' },
    { account: 'short' },
    { account: 'somebody@harbor.example' },
    { practice: 'No' },
  ])('400 for %j', async wrong => {
    const { status, body } = await ask(wrong)
    expect([status, body.errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      [`query.${Object.keys(wrong)[0]}`],
    ])
  })
})
