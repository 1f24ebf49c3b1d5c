import { beforeAll, describe, expect, it } from 'vitest'
import { login, realHash, sessionOf } from '../../harness/identity.ts'
import { newPractice, password } from '../../harness/index.ts'
import { noticesOf, tokenOf } from '../../harness/letters.ts'
import { ask, changePassword, chosen, stored } from '../accounts/fixture.ts'

describe('PUT /accounts/me/password', () => {
  let passwordHash: string
  beforeAll(async () => {
    passwordHash = await realHash()
  })
  const scene = async () => {
    const practice = await newPractice({ passwordHash })
    return { practice, client: await practice.as('patient') }
  }

  it('200 ends every other session, gives this one a new token, and tells with a link to undo it', async () => {
    const { practice, client } = await scene()
    const elsewhere = await practice.as('patient')
    const goesOn = await changePassword(client, password)
    expect(goesOn.token).not.toBe(client.token)
    expect((await goesOn.call('accounts.me')).status).toBe(200)
    for (const dead of [client, elsewhere]) expect((await dead.call('accounts.me')).status).toBe(401)
    expect((await login(client.user)).status).toBe(401)
    expect((await login(client.user, { password: chosen })).status).toBe(200)
    expect(await noticesOf(practice.practice.practiceId)).toMatchObject([
      { kind: 'password-changed', to: { email: client.user.email }, ticketId: expect.any(String) },
    ])
  })

  it('200 lets the session live no longer than it would have', async () => {
    const { client } = await scene()
    const { session, call } = await sessionOf(client.user)
    const { body } = await call('passwords.change', { body: { currentPassword: password, password: chosen } })
    expect([body.absoluteExpiresAt, body.sessionId]).toEqual([session.absoluteExpiresAt, session.sessionId])
  })

  it('200 kills the resets that were asked for before', async () => {
    const { practice, client } = await scene()
    await ask('passwords.forgot', { practice: client.user.practiceSlug, email: client.user.email })
    const token = await tokenOf(practice.practice.practiceId, 'password-reset')
    await changePassword(client, password)
    expect((await ask('passwords.reset', { token, password: 'another long enough one' })).body.code).toBe(
      'link-refused',
    )
  })

  it('403 for a present password that is not right, and 429 after ten tries', async () => {
    const { client } = await scene()
    const guess = () =>
      client.call('passwords.change', { body: { currentPassword: 'not the password', password: chosen } })
    const first = await guess()
    expect([first.status, first.body.code, first.cookies]).toEqual([403, 'password-wrong', []])
    const rest = []
    for (let tries = 1; tries < 11; tries++) rest.push((await guess()).status)
    expect(rest).toEqual([...Array(9).fill(403), 429])
    expect((await stored(client.user))?.passwordHash).toBe(passwordHash)
  }, 60_000)

  it('422 for a password on the lists', async () => {
    const { client } = await scene()
    const body = { currentPassword: password, password: 'PasswordPassword' }
    const answer = await client.call('passwords.change', { body })
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([422, 'body.password'])
  })
})
