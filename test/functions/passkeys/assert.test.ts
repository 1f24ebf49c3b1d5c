import { beforeAll, describe, expect, it } from 'vitest'
import { Authenticator, type Lies } from '../../harness/authenticator.ts'
import { at } from '../../harness/clock.ts'
import { clientOf, owing, sessionOf } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'
import { anybody, askedToShow, askedToSignIn, passkeysOf, show, told, withPasskey } from './fixture.ts'

describe('POST /passkeys/assertion', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  /** A user with a passkey, as they are after its registration has ended their sessions. */
  const enrolled = async () => {
    const own = await newPractice()
    const { authenticator, client } = await withPasskey(await own.as('admin'))
    return { own, authenticator, client, user: { ...own.users.admin, sessionEpoch: 1 } }
  }
  const outcome = ({ status, body, cookies }: Awaited<ReturnType<typeof show>>) => [status, body.code, cookies]
  const refused = [401, 'passkey-refused', []]

  it('200 completes a sign-in that showed a password', async () => {
    const { own, authenticator, user } = await enrolled()
    const pending = await owing(user)
    expect((await pending.call('patients.list')).body.code).toBe('mfa-required')
    const answer = await show(pending, authenticator)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ aal: 'aal2', amr: ['pwd', 'hwk'], next: 'none' })
    expect(answer.body.sessionId).toBe(pending.session.sessionId)
    const client = clientOf(user, answer)
    expect(client.token).not.toBe(pending.token)
    expect((await client.call('patients.list')).status).toBe(200)
    expect((await pending.call('sessions.current')).status).toBe(401)
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'passkeys.assert',
        outcome: 'success',
        entity: { type: 'Session', id: pending.session.sessionId },
      }),
    ])
  })

  it('200 makes a session fresh, with a new token and the same eight hours', async () => {
    const { authenticator, user } = await enrolled()
    const stale = await sessionOf(user, { verifiedAt: undefined })
    expect((await stale.call('passkeys.registration-options')).body.code).toBe('step-up-required')
    const answer = await show(stale, authenticator)
    expect(answer.body).toMatchObject({ aal: 'aal2', absoluteExpiresAt: stale.session.absoluteExpiresAt })
    const client = clientOf(user, answer)
    expect(client.token).not.toBe(stale.token)
    expect((await client.call('passkeys.registration-options')).status).toBe(200)
    expect((await stale.call('sessions.current')).status).toBe(401)
  })

  it('200 raises a patient on a trusted device', async () => {
    const own = await newPractice()
    const { authenticator } = await withPasskey(await own.as('patient', 'aal1'))
    const user = { ...own.users.patient, sessionEpoch: 1 }
    const device = await sessionOf(user, { aal: 'aal1+device', amr: ['pwd'], verifiedAt: undefined })
    expect((await show(device, authenticator)).body).toMatchObject({ aal: 'aal2', amr: ['pwd', 'hwk'] })
  })

  it('200 takes no attempt: who shows it often is not locked out', async () => {
    const { authenticator, user } = await enrolled()
    let client = await owing(user)
    for (let count = 0; count < 25; count++) {
      const answer = await show(client, authenticator)
      expect(answer.status).toBe(200)
      client = { ...client, ...clientOf(user, answer) }
    }
  })

  it.each<[string, Lies]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another relying party', { rpId: 'evil.example' }],
    ['no user verification', { verified: false }],
    ['no user presence', { present: false }],
    ['another challenge', { challenge: Buffer.alloc(32).toString('base64url') }],
    ['an unknown credential', { id: Buffer.alloc(32, 9).toString('base64url') }],
    ['another user handle', { userHandle: 'AAAA' }],
  ])('401 for %s', async (_, lies) => {
    const { authenticator, user } = await enrolled()
    expect(outcome(await show(await owing(user), authenticator, lies))).toEqual(refused)
  })

  it('200 without a user handle: the session says who it is', async () => {
    const { authenticator, user } = await enrolled()
    expect((await show(await owing(user), authenticator, { userHandle: undefined })).status).toBe(200)
  })

  it("401 with another user's passkey, of the same practice or of another", async () => {
    const { own, user } = await enrolled()
    for (const other of [own, practice]) {
      const { authenticator } = await withPasskey(await other.as('biller'))
      const lies = [{}, { userHandle: undefined }]
      for (const lie of lies) expect(outcome(await show(await owing(user), authenticator, lie))).toEqual(refused)
    }
  })

  it("401 with another session's challenge, a sign-in's or a registration's", async () => {
    const { authenticator, user, client } = await enrolled()
    const [one, other] = [await owing(user), await owing(user)]
    const registration = (await client.call('passkeys.registration-options')).body
    const asked = [await askedToShow(other), await askedToSignIn(), registration]
    for (const { ticketId, publicKey } of asked) {
      const credential = authenticator.get({ ticketId, publicKey: { ...publicKey, rpId: 'portal.example' } })
      expect(outcome(await one.call('passkeys.assert', { body: { ticketId, credential } }))).toEqual(refused)
    }
    const { ticketId, publicKey } = await askedToShow(one)
    const credential = authenticator.get({ ticketId, publicKey })
    expect(outcome(await anybody('passkeys.login', { body: { ticketId, credential } }))).toEqual(refused)
  })

  it('401 after five minutes', async () => {
    const { authenticator, user } = await enrolled()
    const pending = await owing(user)
    const options = await askedToShow(pending)
    const body = { ticketId: options.ticketId, credential: authenticator.get(options) }
    expect(outcome(await at(Date.now() + 300_001, () => pending.call('passkeys.assert', { body })))).toEqual(refused)
  })

  it('200 once, of twenty that show one answer at once', async () => {
    const { authenticator, user } = await enrolled()
    const pending = await owing(user)
    const options = await askedToShow(pending)
    const body = { ticketId: options.ticketId, credential: authenticator.get(options) }
    const answers = await Promise.all(Array.from({ length: 20 }, () => pending.call('passkeys.assert', { body })))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
    expect(answers.every(({ status }) => [200, 401, 409, 429].includes(status))).toBe(true)
    expect((await passkeysOf(user))[0]).not.toHaveProperty('suspendedAt')
  })

  it('401 when the count goes back: the passkey is suspended, and its user told', async () => {
    const { own, authenticator, user } = await enrolled()
    expect((await show(await owing(user), authenticator, { counter: 7 })).status).toBe(200)
    expect(outcome(await show(await owing(user), authenticator, { counter: 7 }))).toEqual(refused)
    expect((await passkeysOf(user))[0]).toMatchObject({ counter: 7, suspendedAt: expect.any(String) })
    expect((await told(own.practice.practiceId, user)).sort()).toEqual(['factor-added', 'passkey-suspended'])
  })

  it('429 after five wrong answers in one sign-in, even with a right one', async () => {
    const { authenticator, user } = await enrolled()
    const pending = await owing(user)
    for (let count = 0; count < 5; count++) {
      expect((await show(pending, authenticator, { verified: false })).status).toBe(401)
    }
    expect(outcome(await show(pending, authenticator))).toEqual([429, 'too-many-attempts', []])
    expect((await show(await owing(user), authenticator)).status).toBe(200)
  })

  it('429 after twenty wrong answers of one user in a day', async () => {
    const { authenticator, user } = await enrolled()
    const tomorrow = `${new Date(Date.now() + 86_400_000).toJSON().slice(0, 10)}T12:00:00.000Z`
    await at(tomorrow, async () => {
      for (let signIn = 0; signIn < 4; signIn++) {
        const pending = await owing(user)
        for (let count = 0; count < 5; count++) await show(pending, authenticator, { verified: false })
      }
      expect(outcome(await show(await owing(user), authenticator))).toEqual([429, 'too-many-attempts', []])
    })
  })

  it('401 by an authenticator that has nothing of ours', async () => {
    const { user, client } = await enrolled()
    const stranger = new Authenticator()
    stranger.create((await client.call('passkeys.registration-options')).body)
    expect(outcome(await show(await owing(user), stranger))).toEqual(refused)
  })
})
