import { beforeAll, describe, expect, it } from 'vitest'
import { holderOf } from '../../../shared/domain/passkeys/handle.ts'
import { changeUser, owing, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { askedToRegister, withPasskey } from './fixture.ts'

describe('POST /passkeys/registration/options', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const ask = async (client: Awaited<ReturnType<typeof sessionOf>>) => {
    const { status, body } = await client.call('passkeys.registration-options')
    return [status, body.code]
  }

  it('200 asks for a discoverable passkey with user verification, of the configured host and no attestation', async () => {
    const client = await practice.as('biller')
    const { publicKey } = await askedToRegister(client)
    expect(publicKey).toMatchObject({
      rp: { id: 'portal.example', name: 'Haven' },
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      attestation: 'none',
      timeout: 300_000,
      excludeCredentials: [],
    })
    expect(publicKey.pubKeyCredParams.map(({ alg }) => alg)).toEqual([-8, -7, -257])
    expect(Buffer.from(publicKey.challenge, 'base64url')).toHaveLength(32)
    const { practiceId, userId, email } = client.user
    expect(holderOf(publicKey.user.id)).toEqual({ practiceId, userId })
    expect(Buffer.from(publicKey.user.id, 'base64url').length).toBeLessThanOrEqual(64)
    expect(publicKey.user.name).toBe(email)
  })

  it('200 has the configured host whatever the request calls it', async () => {
    const client = await practice.as('biller')
    const { body } = await client.call('passkeys.registration-options', { headers: { host: 'evil.example' } })
    expect(body.publicKey.rp.id).toBe('portal.example')
  })

  it('200 keeps a challenge for five minutes, bound to the session', async () => {
    const client = await sessionOf(practice.users.admin)
    const { ticketId, publicKey } = await askedToRegister(client)
    const [kept] = await itemsAt(`CEREMONY#${ticketId}`)
    const { sessionId, userId } = client.session
    expect(kept).toMatchObject({ kind: 'registration', challenge: publicKey.challenge, sessionId, userId })
    expect(Date.parse(String(kept?.expiresAt)) - Date.parse(String(kept?.createdAt))).toBe(300_000)
  })

  it('200 never the same challenge twice', async () => {
    const client = await practice.as('biller')
    const asked = await Promise.all(Array.from({ length: 10 }, () => askedToRegister(client)))
    expect(new Set(asked.map(({ publicKey }) => publicKey.challenge)).size).toBe(10)
    expect(new Set(asked.map(({ ticketId }) => ticketId)).size).toBe(10)
  })

  it('200 excludes the passkeys that are there', async () => {
    const { client, authenticator } = await withPasskey(await practice.as('front-desk'))
    const { publicKey } = await askedToRegister(client)
    expect(publicKey.excludeCredentials).toEqual([
      { type: 'public-key', id: authenticator.credential.id, transports: ['internal'] },
    ])
  })

  it('200 to a half-done sign-in that must set up its first factor', async () => {
    await askedToRegister(await practice.as('supervisor', 'pending'))
  })

  it('403 to one that owes a factor', async () => {
    expect(await ask(await owing(practice.users.admin))).toEqual([403, 'mfa-required'])
  })

  it('403 to one that must set up its first, when its user has set up one since', async () => {
    const own = await newPractice()
    const pending = await own.as('admin', 'pending')
    await changeUser(own.users.admin, { factors: ['totp'] })
    const { status, body } = await pending.call('passkeys.registration-options')
    expect([status, body.code]).toEqual([403, 'mfa-required'])
  })

  it.each([undefined, new Date(Date.now() - 301_000).toJSON()])(
    '403 to a session that showed a factor at %s',
    async verifiedAt => {
      expect(await ask(await sessionOf(practice.users.admin, { verifiedAt }))).toEqual([403, 'step-up-required'])
    },
  )

  it('409 when there are ten', async () => {
    const own = await newPractice()
    await changeUser(own.users.admin, { passkeys: 10, factors: ['passkey'] })
    expect(await ask(await sessionOf(own.users.admin))).toEqual([409, 'too-many-passkeys'])
  })
})
