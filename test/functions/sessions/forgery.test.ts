import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { csrfToken } from '../../../shared/domain/cookies.ts'
import { type Client, call, itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('a request that changes something', () => {
  let practice: TestPractice
  let client: Client
  beforeAll(async () => {
    practice = await newPractice()
    client = await practice.as('admin')
  })

  const details = () => {
    const [{ name, birthDate, gender, address }] = practice.patients as [TestPractice['patients'][number]]
    return { name, birthDate, gender, address }
  }
  const count = async () => (await itemsAt(`PATIENT#${practice.practice.practiceId}`, 'gsi1')).length
  const send = (headers: Record<string, string>) => client.call('patients.create', { body: details(), headers })

  it('201 from our own page, as the browser says', async () => {
    expect((await send({})).status).toBe(201)
  })

  it('201 from our own origin, of a browser that does not say more', async () => {
    expect((await send({ 'sec-fetch-site': '', origin: 'https://portal.example' })).status).toBe(201)
  })

  it.each([
    ['without the proof', { 'x-csrf': '' }],
    ['with a wrong proof', { 'x-csrf': csrfToken('another-token') }],
    ['with a proof that is cut short', { 'x-csrf': 'abc' }],
    ['from another site', { 'sec-fetch-site': 'cross-site' }],
    ['from another host of our site', { 'sec-fetch-site': 'same-site' }],
    ['from no page', { 'sec-fetch-site': 'none' }],
    ['from another origin', { 'sec-fetch-site': '', origin: 'https://evil.example' }],
    [
      'from an origin that only begins like ours',
      { 'sec-fetch-site': '', origin: 'https://portal.example.evil.example' },
    ],
    ['from another port', { 'sec-fetch-site': '', origin: 'https://portal.example:8443' }],
    ['from an opaque origin', { 'sec-fetch-site': '', origin: 'null' }],
  ])('403 %s, and changes nothing', async (_, headers) => {
    const before = await count()
    const answer = await send(headers as Record<string, string>)
    expect([answer.status, answer.body.code]).toEqual([403, 'csrf-refused'])
    expect(await count()).toBe(before)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'patients.create',
        outcome: 'denied',
        reason: 'csrf-refused',
        actor: expect.objectContaining({ id: client.user.userId }),
      }),
    ])
  })

  it("403 with the proof of another session of the same user's", async () => {
    const other = await practice.as('admin')
    expect((await send({ 'x-csrf': csrfToken(other.token) })).status).toBe(403)
  })

  it('200 for a read without any proof: it changes nothing', async () => {
    const { status } = await client.call('patients.list', { headers: { 'sec-fetch-site': 'cross-site' } })
    expect(status).toBe(200)
  })
})

describe('the cookie of a session', () => {
  let practice: TestPractice
  let other: TestPractice
  let client: Client
  beforeAll(async () => {
    ;[practice, other] = await Promise.all([newPractice(), newPractice()])
    client = await practice.as('admin')
  })

  const withCookies = async (...cookies: string[]) => {
    const { status, body } = await call('patients.list', { cookies })
    return [status, body.code]
  }

  it('200 beside cookies that are not ours', async () => {
    expect(await withCookies('theme=dark', `__Host-sid=${client.token}`)).toEqual([200, undefined])
  })

  it('401 when there are two, the same or not', async () => {
    const planted = `__Host-sid=${(await other.as('admin')).token}`
    const own = `__Host-sid=${client.token}`
    expect(await withCookies(own, planted)).toEqual([401, 'unauthenticated'])
    expect(await withCookies(planted, own)).toEqual([401, 'unauthenticated'])
    expect(await withCookies(own, own)).toEqual([401, 'unauthenticated'])
  })

  it('401 when there is none, an empty one, or one of another name', async () => {
    expect(await withCookies()).toEqual([401, 'unauthenticated'])
    expect(await withCookies('__Host-sid=')).toEqual([401, 'unauthenticated'])
    expect(await withCookies(`sid=${client.token}`)).toEqual([401, 'unauthenticated'])
    expect(await withCookies(`__Host-sid2=${client.token}`)).toEqual([401, 'unauthenticated'])
  })

  it('401 when its locator names another user or another practice', async () => {
    const [practiceId, userId, secret] = client.token.split('.')
    const foreign = other.users.admin
    for (const forged of [
      `${practiceId}.${practice.users.patient.userId}.${secret}`,
      `${foreign.practiceId}.${foreign.userId}.${secret}`,
      `${foreign.practiceId}.${userId}.${secret}`,
      `${practiceId}.${foreign.userId}.${secret}`,
    ]) {
      expect(await withCookies(`__Host-sid=${forged}`)).toEqual([401, 'session-expired'])
    }
  })

  it('401 when its secret is guessed, cut, lengthened or in another alphabet', async () => {
    const [practiceId, userId, secret = ''] = client.token.split('.')
    for (const guess of [
      randomBytes(32).toString('base64url'),
      secret.slice(0, -1),
      `${secret}A`,
      secret.toUpperCase(),
      `${secret}=`,
      '../../../etc/passwd',
      'A'.repeat(5_000),
    ]) {
      const [status] = await withCookies(`__Host-sid=${practiceId}.${userId}.${guess}`)
      expect(status).toBe(401)
    }
  })

  it('401 for a session whose item was bound to another user', async () => {
    const victim = await practice.as('biller')
    const [, , secret] = victim.token.split('.')
    const { practiceId, userId } = practice.users.admin
    expect(await withCookies(`__Host-sid=${practiceId}.${userId}.${secret}`)).toEqual([401, 'session-expired'])
  })
})
