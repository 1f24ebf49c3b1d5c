import { beforeAll, describe, expect, it } from 'vitest'
import { owing, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { askedToShow, signIn, withPasskey } from './fixture.ts'

describe('POST /passkeys/assertion/options', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it("200 names the caller's own passkeys, and keeps a challenge bound to the session", async () => {
    const { client, authenticator } = await withPasskey(await practice.as('admin'))
    await withPasskey(await practice.as('biller'))
    const { ticketId, publicKey } = await askedToShow(client)
    expect(publicKey.allowCredentials).toEqual([
      { type: 'public-key', id: authenticator.credential.id, transports: ['internal'] },
    ])
    expect(publicKey).toMatchObject({ rpId: 'portal.example', userVerification: 'required' })
    const { sessionId } = (await client.call('sessions.current')).body
    expect((await itemsAt(`CEREMONY#${ticketId}`))[0]).toMatchObject({ kind: 'assertion', sessionId })
  })

  it('200 to a half-done sign-in, and to a session that showed none for long', async () => {
    const own = await newPractice()
    await withPasskey(await own.as('admin'))
    // A new epoch ended the sessions of before, so these are of the user as they are now.
    const user = { ...own.users.admin, sessionEpoch: 1 }
    await askedToShow(await owing(user))
    await askedToShow(await sessionOf(user, { verifiedAt: undefined }))
  })

  it('409 when there is none, or only one that is suspended', async () => {
    const none = await (await practice.as('supervisor')).call('passkeys.assert-options')
    expect([none.status, none.body.code]).toEqual([409, 'mfa-not-set-up'])
    const { client, authenticator } = await withPasskey(await practice.as('auditor'))
    await signIn(authenticator, { counter: 5 })
    await signIn(authenticator, { counter: 4 })
    const suspended = await client.call('passkeys.assert-options')
    expect([suspended.status, suspended.body.code]).toEqual([409, 'mfa-not-set-up'])
  })
})
