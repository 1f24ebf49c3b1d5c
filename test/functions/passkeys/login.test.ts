import { beforeAll, describe, expect, it } from 'vitest'
import { type Algorithm, Authenticator, type Lies } from '../../harness/authenticator.ts'
import { at } from '../../harness/clock.ts'
import { changeUser, clientOf, enrol, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, recordsOf, type TestPractice } from '../../harness/index.ts'
import { anybody, askedToSignIn, passkeysOf, signIn, stored, told, withPasskey } from './fixture.ts'

describe('POST /passkeys/login', () => {
  let practice: TestPractice
  let authenticator: Authenticator
  beforeAll(async () => {
    practice = await newPractice()
    authenticator = (await withPasskey(await practice.as('admin'))).authenticator
  })
  const refused = [401, 'passkey-refused', []]
  const outcome = ({ status, body, cookies }: Awaited<ReturnType<typeof signIn>>) => [status, body.code, cookies]

  it('200 opens a session of two factors, for the practice of the passkey', async () => {
    const answer = await signIn(authenticator)
    const { practiceId, userId } = practice.users.admin
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ practiceId, userId, role: 'admin', aal: 'aal2', amr: ['hwk'], next: 'none' })
    const client = clientOf(practice.users.admin, answer)
    expect((await client.call('patients.list')).status).toBe(200)
    // It was shown just now, so what is sensitive may follow.
    expect((await client.call('passkeys.registration-options')).status).toBe(200)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'passkeys.login',
        verb: 'E',
        outcome: 'success',
        actor: { type: 'anonymous', id: userId },
        entity: { type: 'Session', id: answer.body.sessionId },
        purposeOfUse: 'HOPERAT',
      }),
    ])
  })

  it('200 notes when it was used, and its count', async () => {
    await signIn(authenticator)
    const [kept] = await passkeysOf(practice.users.admin)
    expect(kept).toMatchObject({ counter: authenticator.credential.counter, lastUsedAt: expect.any(String) })
  })

  it.each<[string, Algorithm]>([
    ['EdDSA', -8],
    ['RS256', -257],
  ])('200 for %s', async (_, algorithm) => {
    const own = await newPractice()
    const other = await withPasskey(await own.as('admin'), new Authenticator({ algorithm }))
    expect((await signIn(other.authenticator)).status).toBe(200)
  })

  it('200 again and again for a synced passkey, which does not count', async () => {
    const own = await newPractice()
    const synced = await withPasskey(await own.as('patient', 'aal1'), new Authenticator({ counts: false }))
    for (let count = 0; count < 3; count++) expect((await signIn(synced.authenticator)).status).toBe(200)
  })

  it.each<[string, Lies]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['our origin without TLS', { origin: 'http://portal.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { verified: false }],
    ['no user presence', { present: false }],
    ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['the type of a registration', { type: 'webauthn.create' }],
    ['a frame', { crossOrigin: true }],
    ['a frame of somebody', { crossOrigin: true, topOrigin: 'https://evil.example' }],
    ['no user handle', { userHandle: undefined }],
    ['a user handle of no form', { userHandle: 'AAAA' }],
    ['a passkey that became one of a provider', { backupEligible: true, backedUp: true }],
    ['an unknown credential', { id: Buffer.alloc(32, 9).toString('base64url') }],
  ])('401 for %s', async (_, lies) => {
    expect(outcome(await signIn(authenticator, lies))).toEqual(refused)
  })

  it("401 for a signature by another's key, and for one that was tampered with", async () => {
    const { authenticator: other } = await withPasskey(await practice.as('biller'))
    expect(outcome(await signIn(authenticator, { signer: other.credential }))).toEqual(refused)
    const options = await askedToSignIn()
    const credential = authenticator.get(options)
    for (const signature of [
      'AAAA',
      credential.response.signature.slice(0, -4),
      flipped(credential.response.signature),
    ]) {
      const body = {
        ticketId: options.ticketId,
        credential: { ...credential, response: { ...credential.response, signature } },
      }
      expect(outcome(await anybody('passkeys.login', { body }))).toEqual(refused)
    }
    const more = Buffer.from(credential.response.authenticatorData, 'base64url')
    more[36] = 200
    const response = { ...credential.response, authenticatorData: more.toString('base64url') }
    const body = { ticketId: options.ticketId, credential: { ...credential, response } }
    expect(outcome(await anybody('passkeys.login', { body }))).toEqual(refused)
    // A wrong signature accuses nobody.
    expect((await passkeysOf(practice.users.admin))[0]).not.toHaveProperty('suspendedAt')
  })

  it("401 for another user's credential id or handle, of the same practice and of another", async () => {
    const other = await newPractice()
    for (const own of [practice, other]) {
      const { authenticator: foreign } = await withPasskey(await own.as('front-desk'))
      const { id, userHandle } = foreign.credential
      for (const lies of [{ id }, { userHandle }, { id, userHandle }]) {
        expect(outcome(await signIn(authenticator, lies))).toEqual(refused)
      }
    }
  })

  it('200 once: the same answer again is refused', async () => {
    const options = await askedToSignIn()
    const body = { ticketId: options.ticketId, credential: authenticator.get(options) }
    expect((await anybody('passkeys.login', { body })).status).toBe(200)
    expect(outcome(await anybody('passkeys.login', { body }))).toEqual(refused)
    expect((await passkeysOf(practice.users.admin))[0]).not.toHaveProperty('suspendedAt')
  })

  it('401 with the answer to another challenge', async () => {
    const [one, other] = [await askedToSignIn(), await askedToSignIn()]
    const body = { ticketId: other.ticketId, credential: authenticator.get(one) }
    expect(outcome(await anybody('passkeys.login', { body }))).toEqual(refused)
  })

  it('401 with a challenge that a session asked for', async () => {
    const client = await sessionOf(await stored(practice.users.admin))
    for (const id of ['passkeys.registration-options', 'passkeys.assert-options']) {
      const { body: options } = await client.call(id)
      const credential = authenticator.get({ ...options, publicKey: { ...options.publicKey, rpId: 'portal.example' } })
      const body = { ticketId: options.ticketId, credential }
      expect(outcome(await anybody('passkeys.login', { body }))).toEqual(refused)
    }
  })

  it('401 after five minutes, and 200 just before', async () => {
    const own = await newPractice()
    const { authenticator: mine } = await withPasskey(await own.as('admin'))
    const [late, inTime] = [await askedToSignIn(), await askedToSignIn()]
    const start = Date.now()
    const send = (ms: number, options: typeof late) => {
      const body = { ticketId: options.ticketId, credential: mine.get(options) }
      return at(start + ms, () => anybody('passkeys.login', { body }))
    }
    expect((await send(295_000, inTime)).status).toBe(200)
    expect(outcome(await send(300_001, late))).toEqual(refused)
  })

  it('200 once, of twenty that show one answer at once, and suspends nobody', async () => {
    const own = await newPractice()
    const { authenticator: mine } = await withPasskey(await own.as('supervisor'))
    const options = await askedToSignIn()
    const body = { ticketId: options.ticketId, credential: mine.get(options) }
    const answers = await Promise.all(Array.from({ length: 20 }, () => anybody('passkeys.login', { body })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => [200, 401, 409].includes(status))).toBe(true)
    expect(answers.filter(({ cookies }) => cookies.length > 0)).toHaveLength(1)
    const [kept] = await passkeysOf(own.users.supervisor)
    expect(kept).toMatchObject({ counter: 1 })
    expect(kept).not.toHaveProperty('suspendedAt')
    expect(await told(own.practice.practiceId, own.users.supervisor)).toEqual(['factor-added'])
  })

  it.each([0, 2, 3])(
    '401 when the count goes from 3 to %i: the passkey is suspended, and its user told',
    async counter => {
      const own = await newPractice()
      const { authenticator: mine } = await withPasskey(await own.as('admin'))
      for (let count = 0; count < 3; count++) await signIn(mine)
      const answer = await signIn(mine, { counter })
      expect(outcome(answer)).toEqual(refused)
      const { practiceId, userId } = own.users.admin
      expect((await passkeysOf(own.users.admin))[0]).toMatchObject({ counter: 3, suspendedAt: expect.any(String) })
      expect((await told(practiceId, own.users.admin)).sort()).toEqual(['factor-added', 'passkey-suspended'])
      expect(await own.recordsOf(answer)).toEqual([
        expect.objectContaining({
          outcome: 'denied',
          reason: 'passkey-refused',
          status: 401,
          changed: ['suspendedAt'],
          actor: { type: 'anonymous', id: userId },
        }),
      ])
      // The original is refused too: nobody can tell which is the copy.
      expect(outcome(await signIn(mine))).toEqual(refused)
      expect(outcome(await signIn(mine, { counter: 1_000 }))).toEqual(refused)
      expect(await told(practiceId, own.users.admin)).toHaveLength(2)
    },
  )

  it('401 for a disabled user, one whose factors were reset, and a passkey that was removed', async () => {
    const own = await newPractice()
    const first = await enrol(await own.as('admin', 'pending'))
    const { client, authenticator: mine, passkeyId } = await withPasskey(first.client)
    const { user } = client
    await changeUser(user, { status: 'disabled' })
    expect(outcome(await signIn(mine))).toEqual(refused)
    await changeUser(user, { status: 'active', factors: ['totp'] })
    expect(outcome(await signIn(mine))).toEqual(refused)
    await changeUser(user, { factors: ['totp', 'passkey'] })
    expect((await signIn(mine)).status).toBe(200)
    expect((await client.call('passkeys.remove', { params: { passkeyId } })).status).toBe(200)
    expect(outcome(await signIn(mine))).toEqual(refused)
    expect(await stored(user)).toMatchObject({ factors: ['totp'], passkeys: 0 })
  })

  it('401 is recorded: with its practice once the passkey is known, and as the platform’s before', async () => {
    const known = await signIn(authenticator, { verified: false })
    expect(await practice.recordsOf(known)).toEqual([
      expect.objectContaining({ name: 'passkeys.login', outcome: 'denied', reason: 'passkey-refused' }),
    ])
    const unknown = await signIn(authenticator, { id: Buffer.alloc(32, 5).toString('base64url') })
    expect(await practice.recordsOf(unknown)).toEqual([])
    expect(await recordsOf('platform', unknown)).toHaveLength(1)
  })

  it('401 opens no session and keeps the challenge for another try', async () => {
    const own = await newPractice()
    const { authenticator: mine } = await withPasskey(await own.as('admin'))
    const { practiceId, userId } = own.users.admin
    const before = await itemsAt(`SESSION#${practiceId}#${userId}`)
    const options = await askedToSignIn()
    const send = (lies: Lies) =>
      anybody('passkeys.login', { body: { ticketId: options.ticketId, credential: mine.get(options, lies) } })
    expect((await send({ verified: false })).status).toBe(401)
    expect(await itemsAt(`SESSION#${practiceId}#${userId}`)).toEqual(before)
    expect((await send({})).status).toBe(200)
  })
})

/** The same signature but for one bit. */
function flipped(signature: string): string {
  const bytes = Buffer.from(signature, 'base64url')
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
  return bytes.toString('base64url')
}
