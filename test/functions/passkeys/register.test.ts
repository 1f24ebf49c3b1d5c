import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Algorithm, Authenticator, type Lies } from '../../harness/authenticator.ts'
import { at } from '../../harness/clock.ts'
import { clientOf, enrol, owing, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'
import { askedToRegister, askedToSignIn, passkeysOf, register, stored, told, withPasskey } from './fixture.ts'

describe('POST /passkeys', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('201 takes a passkey as the first factor of the workforce, and completes the sign-in', async () => {
    const own = await newPractice()
    const pending = await own.as('admin', 'pending')
    const answer = await register(pending)
    expect(answer.status).toBe(201)
    expect(answer.body.session).toMatchObject({ aal: 'aal2', next: 'none', amr: expect.arrayContaining(['hwk']) })
    expect(answer.body.passkey).toMatchObject({ label: 'My phone', transports: ['internal'], backedUp: false })
    const client = clientOf(own.users.admin, answer)
    expect((await client.call('patients.list')).status).toBe(200)
    expect((await pending.call('sessions.current')).status).toBe(401)
    expect(await stored(own.users.admin)).toMatchObject({ factors: ['passkey'], passkeys: 1, sessionEpoch: 1 })
    expect(await told(own.practice.practiceId, own.users.admin)).toEqual(['factor-added'])
  })

  it('201 gives out ten backup codes when there are none, kept as hashes alone', async () => {
    const own = await newPractice()
    const { body } = await register(await own.as('admin', 'pending'))
    expect(body.backupCodes).toHaveLength(10)
    for (const code of body.backupCodes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){4}[0-9A-HJKMNP-TV-Z]{5}$/)
    const hashes = body.backupCodes.map((code: string) =>
      createHash('sha256').update(code.replaceAll('-', '')).digest('base64url'),
    )
    const kept = await itemsAt(`FACTOR#${own.practice.practiceId}#${own.users.admin.userId}`)
    expect(kept.map(({ sk }) => sk).sort()).toEqual(hashes.map((hash: string) => `CODE#${hash}`).sort())
  })

  it('201 gives out none when some are left', async () => {
    const own = await newPractice()
    const { client } = await enrol(await own.as('admin', 'pending'))
    const answer = await register(client)
    expect(answer.status).toBe(201)
    expect(answer.body).not.toHaveProperty('backupCodes')
    expect(await stored(own.users.admin)).toMatchObject({ factors: ['totp', 'passkey'] })
  })

  it('201 keeps the public key under the hash of the credential, and nothing secret', async () => {
    const own = await newPractice()
    const { authenticator, passkeyId } = await withPasskey(await own.as('patient', 'aal1'))
    const { id, publicKey } = authenticator.credential
    const [kept, ...more] = await itemsAt(`PASSKEY#${createHash('sha256').update(id).digest('base64url')}`)
    expect(more).toEqual([])
    expect(kept).toMatchObject({
      sk: 'PASSKEY',
      passkeyId,
      credentialId: id,
      publicKey: publicKey.toString('base64url'),
      counter: 0,
      backupEligible: false,
    })
  })

  it('201 ends every other session, and goes on with the same eight hours', async () => {
    const own = await newPractice()
    const others = await Promise.all([own.as('patient', 'aal1'), own.as('patient')])
    const before = await sessionOf(own.users.patient, { aal: 'aal1', amr: ['pwd'] })
    const answer = await register(before)
    const { sessionId, absoluteExpiresAt } = before.session
    expect(answer.body.session).toMatchObject({ aal: 'aal2', sessionId, absoluteExpiresAt })
    for (const other of [...others, before]) expect((await other.call('sessions.current')).status).toBe(401)
    expect((await clientOf(own.users.patient, answer).call('sessions.current')).status).toBe(200)
  })

  it.each<[string, Algorithm]>([
    ['EdDSA', -8],
    ['ES256', -7],
    ['RS256', -257],
  ])('201 for %s', async (_, algorithm) => {
    const own = await newPractice()
    await withPasskey(await own.as('admin'), new Authenticator({ algorithm }))
  })

  it('201 for one that attests itself, unasked', async () => {
    const own = await newPractice()
    expect((await register(await own.as('admin'), new Authenticator(), { selfAttested: true })).status).toBe(201)
  })

  it('201 for a passkey that is synced, and says so', async () => {
    const own = await newPractice()
    const { body } = await register(await own.as('admin'), new Authenticator({ counts: false }))
    expect(body.passkey).toMatchObject({ backedUp: true })
  })

  it('201 is audited without key, credential or label', async () => {
    const own = await newPractice()
    const client = await own.as('admin')
    const authenticator = new Authenticator()
    let answer = await client.call('sessions.current')
    const output = await outputOf(async () => {
      answer = await register(client, authenticator, {}, 'KANARI phone')
    })
    const records = await own.recordsOf(answer)
    expect(records).toEqual([
      expect.objectContaining({
        name: 'passkeys.register',
        verb: 'C',
        outcome: 'success',
        purposeOfUse: 'HOPERAT',
        entity: { type: 'Passkey', id: answer.body.passkey.passkeyId },
      }),
    ])
    const kept = output + JSON.stringify(await own.trail())
    const { id, publicKey } = authenticator.credential
    const secrets = [id, publicKey.toString('base64url'), 'KANARI', ...answer.body.backupCodes]
    for (const word of secrets) expect(kept).not.toContain(word)
  })

  it.each<[string, Lies]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['our origin without TLS', { origin: 'http://portal.example' }],
    ['our origin at another port', { origin: 'https://portal.example:8443' }],
    ['a host below ours', { origin: 'https://a.portal.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { verified: false }],
    ['no user presence', { present: false }],
    ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['no challenge', { challenge: '' }],
    ['the type of an assertion', { type: 'webauthn.get' }],
    ['a frame', { crossOrigin: true }],
    ['a frame of somebody', { topOrigin: 'https://evil.example' }],
    ['another id than was signed for', { id: Buffer.alloc(32, 7).toString('base64url') }],
    ['a backup of what cannot be backed up', { backupEligible: false, backedUp: true }],
    ['an unknown attestation', { format: 'unheard-of' }],
    ['a statement where there is no attestation', { statement: new Map([['sig', 'x']]) }],
    ['a maker’s attestation', { format: 'fido-u2f', statement: new Map([['sig', Buffer.alloc(70)]]) }],
    ['a wrong attestation of itself', { format: 'packed', statement: new Map([['sig', Buffer.alloc(70)]]) }],
  ])('401 for %s, and registers nothing', async (_, lies) => {
    const client = await practice.as('biller')
    const { status, body, cookies } = await register(client, new Authenticator(), lies)
    expect([status, body.code, cookies]).toEqual([401, 'passkey-refused', []])
    expect(await passkeysOf(practice.users.biller)).toEqual([])
  })

  it('401 for an algorithm that was not asked for', async () => {
    const { status, body } = await register(await practice.as('biller'), new Authenticator({ algorithm: -35 }))
    expect([status, body.code]).toEqual([401, 'passkey-refused'])
  })

  it('401 for garbage of the right form', async () => {
    const client = await practice.as('biller')
    const options = await askedToRegister(client)
    const right = new Authenticator().create(options)
    for (const response of [
      { ...right.response, attestationObject: 'AAAA' },
      { ...right.response, attestationObject: right.response.attestationObject.slice(0, 100) },
      { ...right.response, clientDataJSON: 'bnVsbA' },
      { ...right.response, clientDataJSON: 'AAAA' },
    ]) {
      const body = { ticketId: options.ticketId, label: 'x', credential: { ...right, response } }
      const answer = await client.call('passkeys.register', { body })
      expect([answer.status, answer.body.code]).toEqual([401, 'passkey-refused'])
    }
  })

  it("401 for another session's challenge, also of the same user, and for one of a sign-in", async () => {
    const [one, other] = [await practice.as('biller'), await practice.as('biller')]
    const options = await askedToRegister(one)
    const signIn = await askedToSignIn()
    const credential = new Authenticator().create(options)
    const swapped = { publicKey: { ...options.publicKey, challenge: signIn.publicKey.challenge } }
    const swap = new Authenticator().create({ ...options, ...swapped })
    for (const [client, ticketId, shown] of [
      [other, options.ticketId, credential],
      [one, signIn.ticketId, swap],
      [one, options.ticketId, swap],
    ] as const) {
      const { status, body } = await client.call('passkeys.register', {
        body: { ticketId, label: 'x', credential: shown },
      })
      expect([status, body.code]).toEqual([401, 'passkey-refused'])
    }
  })

  it('401 after five minutes', async () => {
    const own = await newPractice()
    const client = await own.as('admin', 'pending')
    const options = await askedToRegister(client)
    const body = { ticketId: options.ticketId, label: 'x', credential: new Authenticator().create(options) }
    const late = await at(Date.now() + 300_001, () => client.call('passkeys.register', { body }))
    expect([late.status, late.body.code]).toEqual([401, 'passkey-refused'])
  })

  it('201 once, of twenty that answer one challenge at once', async () => {
    const own = await newPractice()
    const client = await own.as('admin')
    const options = await askedToRegister(client)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => {
        const credential = new Authenticator().create(options)
        return client.call('passkeys.register', { body: { ticketId: options.ticketId, label: 'x', credential } })
      }),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.every(({ status }) => [201, 401, 409].includes(status))).toBe(true)
    expect(await passkeysOf(own.users.admin)).toHaveLength(1)
    expect(await stored(own.users.admin)).toMatchObject({ passkeys: 1 })
    expect(await itemsAt(`FACTOR#${own.practice.practiceId}#${own.users.admin.userId}`)).toHaveLength(10)
  })

  it('409 for a credential that is registered, whoever has it', async () => {
    const own = await newPractice()
    const { authenticator } = await withPasskey(await own.as('admin'))
    const { id, publicKey } = authenticator.credential
    const copy = new Authenticator()
    const client = await own.as('biller')
    const options = await askedToRegister(client)
    const fresh = copy.create(options)
    // The same id and key over another's challenge: registration proves no key, so only the id stands against it.
    const swapped = Buffer.from(fresh.response.attestationObject, 'base64url')
    Buffer.from(id, 'base64url').copy(swapped, swapped.indexOf(Buffer.from(copy.credential.id, 'base64url')))
    publicKey.copy(swapped, swapped.indexOf(copy.credential.publicKey))
    const response = { ...fresh.response, attestationObject: swapped.toString('base64url') }
    const credential = { ...fresh, id, rawId: id, response }
    const answer = await client.call('passkeys.register', {
      body: { ticketId: options.ticketId, label: 'x', credential },
    })
    expect([answer.status, answer.body.code]).toEqual([409, 'passkey-exists'])
    expect(await stored(own.users.biller)).toMatchObject({ factors: [] })
  })

  it('201 up to ten, and 409 for the eleventh', async () => {
    const own = await newPractice()
    let { client } = await withPasskey(await own.as('admin'))
    for (let count = 2; count <= 10; count++) client = (await withPasskey(client)).client
    expect(await stored(own.users.admin)).toMatchObject({ passkeys: 10, factors: ['passkey'] })
    const { status, body } = await client.call('passkeys.registration-options')
    expect([status, body.code]).toEqual([409, 'too-many-passkeys'])
  })

  it('403 to a session that owes a factor, or showed one too long ago', async () => {
    const options = await askedToRegister(await practice.as('biller'))
    const body = { ticketId: options.ticketId, label: 'x', credential: new Authenticator().create(options) }
    const half = await (await owing(practice.users.biller)).call('passkeys.register', { body })
    expect([half.status, half.body.code]).toEqual([403, 'mfa-required'])
    const stale = await sessionOf(practice.users.biller, { verifiedAt: undefined })
    const old = await stale.call('passkeys.register', { body })
    expect([old.status, old.body.code]).toEqual([403, 'step-up-required'])
  })
})
