import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Device, Role, User } from '../../../shared/schema/identity.ts'
import { at, plus } from '../../harness/clock.ts'
import { changeUser, clientOf, deviceCookieOf, deviceOf, login, realHash } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { toldOf } from '../../harness/letters.ts'

const hour = 3_600_000

describe('POST /auth/login from a trusted browser', () => {
  let hash: string
  beforeAll(async () => {
    hash = await realHash()
  })

  /** A practice of which one user has a second factor. */
  const enrolled = async (role: Role): Promise<{ own: TestPractice; user: User }> => {
    const own = await newPractice({ passwordHash: hash })
    await changeUser(own.users[role], { factors: ['totp'] })
    return { own, user: own.users[role] }
  }
  const from = (user: User, cookie: string | undefined, more = {}) =>
    login(user, { ...(cookie && { cookies: [cookie] }), remaining: 100_000, ...more })
  const devicesOf = async ({ practiceId, userId }: User) =>
    (await itemsAt(`DEVICE#${practiceId}#${userId}`)) as unknown as Device[]

  it('200 lets a patient in without the second factor, and asks for it before anything sensitive', async () => {
    const { user } = await enrolled('patient')
    const { cookie } = await deviceOf(user)
    const answer = await from(user, cookie)
    expect(answer.body).toMatchObject({ aal: 'aal1+device', amr: ['pwd'], next: 'none' })
    const client = clientOf(user, answer)
    expect((await client.call('appointments.list', { query: { patientId: user.patientId ?? '' } })).status).toBe(200)
    expect((await client.call('devices.trust')).body.code).toBe('step-up-required')
  })

  it('200 of a patient 30 days after, and pending from that moment on', async () => {
    const { user } = await enrolled('patient')
    const { device, cookie } = await deviceOf(user)
    const late = await at(plus(device.expiresAt, -1_000), () => from(user, cookie))
    expect(late.body.aal).toBe('aal1+device')
    expect(late.cookies[1]).toMatch(/; Max-Age=1$/)
    const over = await at(device.expiresAt, () => from(user, deviceCookieOf(late)))
    expect([over.body.next, deviceCookieOf(over)]).toEqual(['mfa-verify', undefined])
  })

  it('200 opens the workforce’s session again at aal2, and never beyond eight hours after the factor', async () => {
    const { user } = await enrolled('practitioner')
    const noon = '2029-03-05T12:00:00.000Z'
    const { cookie } = await at(noon, () => deviceOf(user))
    const end = plus(noon, 8 * hour)
    const first = await at(plus(noon, 7 * hour), () => from(user, cookie))
    expect(first.body).toMatchObject({ aal: 'aal2', amr: ['pwd', 'otp'], next: 'none', absoluteExpiresAt: end })
    const client = clientOf(user, first)
    const renewed = await at(plus(noon, 7 * hour + 1), () => client.call('sessions.refresh'))
    expect(renewed.body.absoluteExpiresAt).toBe(end)
    // What it rests on is seven hours old.
    const stale = await at(plus(noon, 7 * hour), () => client.call('devices.trust'))
    expect(stale.body.code).toBe('step-up-required')
    const last = await at(plus(end, -1), () => from(user, deviceCookieOf(first)))
    expect(last.body).toMatchObject({ aal: 'aal2', idleExpiresAt: end, absoluteExpiresAt: end })
    const over = await at(end, () => from(user, deviceCookieOf(last)))
    expect(over.body).toMatchObject({ aal: 'pending', next: 'mfa-verify' })
    expect(deviceCookieOf(over)).toBeUndefined()
  })

  it('200 gives the browser another token at each use, for what is left of its 30 days', async () => {
    const { user } = await enrolled('patient')
    const { device, cookie } = await deviceOf(user)
    const answer = await from(user, cookie)
    expect(answer.cookies).toHaveLength(2)
    expect(answer.cookies[1]).toMatch(/^__Host-did=\S+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=25919\d\d$/)
    expect(deviceCookieOf(answer)).not.toBe(cookie)
    const [stored] = await devicesOf(user)
    expect(stored).toMatchObject({ deviceId: device.deviceId, expiresAt: device.expiresAt, version: 2 })
    expect((await from(user, deviceCookieOf(answer))).body.aal).toBe('aal1+device')
  })

  it('200 pending for a token that was replaced: it ends the trust, and its user is told', async () => {
    const { own, user } = await enrolled('patient')
    const { cookie } = await deviceOf(user)
    const first = await from(user, cookie)
    const stolen = await from(user, cookie)
    expect(stolen.body).toMatchObject({ aal: 'pending', next: 'mfa-verify' })
    expect(stolen.cookies).toContainEqual(expect.stringMatching(/^__Host-did=; .*Max-Age=0$/))
    expect(await toldOf(own)).toEqual([['device-token-reused', user.userId]])
    expect((await from(user, deviceCookieOf(first))).body.next).toBe('mfa-verify')
    expect(await devicesOf(user)).toEqual([])
  })

  it('200 once, of twenty at once with one token; the others are to ask again', async () => {
    const { user } = await enrolled('patient')
    const { cookie } = await deviceOf(user)
    const answers = await Promise.all(Array.from({ length: 20 }, () => from(user, cookie)))
    const trusted = answers.filter(({ body }) => body.aal === 'aal1+device')
    expect(trusted).toHaveLength(1)
    for (const { status, body } of answers.filter(answer => !trusted.includes(answer))) {
      // The gate lets but three strangers at once look at a password.
      expect(['200 pending', '409 conflict', '403 captcha-required']).toContain(`${status} ${body.aal ?? body.code}`)
    }
  }, 120_000)

  it('401 with a wrong password uses up nothing, and a stolen token ends nothing', async () => {
    const { own, user } = await enrolled('patient')
    const { cookie } = await deviceOf(user)
    const first = await from(user, cookie)
    for (const old of [cookie, deviceCookieOf(first)]) {
      const { status, cookies } = await from(user, old, { password: 'not-the-password' })
      expect([status, cookies]).toEqual([401, []])
    }
    expect(await toldOf(own)).toEqual([])
    expect((await from(user, deviceCookieOf(first))).body.aal).toBe('aal1+device')
  })

  it.each([
    ['ends all sessions, as a new password or factor does', { sessionEpoch: 1 }],
    ['changes the role', { role: 'biller' }],
  ] as const)('200 pending once something %s', async (_, change) => {
    const { user } = await enrolled('admin')
    const { cookie } = await deviceOf(user)
    await changeUser(user, change)
    const answer = await from(user, cookie)
    expect([answer.body.next, deviceCookieOf(answer)]).toEqual(['mfa-verify', undefined])
  })

  it('200 pending with the cookie of another user, another practice, or a forged one, which ends nobody’s trust', async () => {
    const { own, user } = await enrolled('patient')
    const mine = await deviceOf(user)
    const [practiceId, userId, deviceId] = mine.token.split('.')
    const theirs = await deviceOf(own.users.biller)
    const foreign = await deviceOf((await newPractice()).users.patient)
    const secret = randomBytes(32).toString('base64url')
    const theirSecret = theirs.token.split('.')[3]
    const forged = [
      theirs.cookie,
      foreign.cookie,
      `__Host-did=${practiceId}.${userId}.${deviceId}.${secret}`,
      `__Host-did=${practiceId}.${userId}.${theirs.device.deviceId}.${theirSecret}`,
      `__Host-did=${mine.token}x`,
      `__Host-did=${'A'.repeat(4_000)}`,
      '__Host-did=',
    ]
    for (const cookie of forged) {
      const answer = await from(user, cookie)
      expect([answer.status, answer.body.next, deviceCookieOf(answer)]).toEqual([200, 'mfa-verify', undefined])
    }
    const twice = await from(user, undefined, { cookies: [mine.cookie, theirs.cookie] })
    expect(twice.body.next).toBe('mfa-verify')
    expect((await toldOf(own)).filter(([kind]) => kind === 'device-token-reused')).toEqual([])
    expect((await from(user, mine.cookie)).body.aal).toBe('aal1+device')
  }, 60_000)

  it('401 says the same of an unknown e-mail, whatever browser asks', async () => {
    const { user } = await enrolled('patient')
    const { cookie } = await deviceOf(user)
    const { status, body, cookies } = await from({ ...user, email: 'nobody@nowhere.example' }, cookie)
    expect([status, body.code, cookies]).toEqual([401, 'credentials-refused', []])
  })
})

describe('POST /auth/login from a strange browser', () => {
  it('200 tells whoever trusts browsers of a sign-in elsewhere, once a day for each place', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    const { patient } = own.users
    const { cookie } = await deviceOf(patient)
    const sourceIp = '2001:db8:77::1'
    await login(patient, { cookies: [cookie], sourceIp })
    expect(await toldOf(own)).toEqual([])
    const noon = '2029-03-06T12:00:00.000Z'
    await at(noon, async () => {
      await deviceOf(patient)
      await login(patient, { sourceIp })
      await login(patient, { sourceIp: '2001:db8:77::2' })
      expect(await toldOf(own)).toEqual([['new-device', patient.userId]])
      await login(patient)
      expect(await toldOf(own)).toHaveLength(2)
    })
  })

  it('200 tells nobody who trusts no browser: they are asked for their factor at each sign-in', async () => {
    const own = await newPractice({ passwordHash: await realHash() })
    await login(own.users.patient)
    expect(await toldOf(own)).toEqual([])
  })
})
