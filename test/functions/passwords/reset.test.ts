import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { changeUser, enrol, login, realHash } from '../../harness/identity.ts'
import { newPractice } from '../../harness/index.ts'
import { noticesOf, tokenIn, tokenOf } from '../../harness/letters.ts'
import { ask, chosen, forged, moveTo, stored } from '../accounts/fixture.ts'

describe('POST /passwords/reset', () => {
  let passwordHash: string
  beforeAll(async () => {
    passwordHash = await realHash()
  })
  const asked = async () => {
    const practice = await newPractice({ passwordHash })
    const user = practice.users.patient
    await ask('passwords.forgot', { practice: user.practiceSlug, email: user.email })
    return { practice, user, token: await tokenOf(practice.practice.practiceId, 'password-reset') }
  }
  const reset = (token: string, password = chosen) => ask('passwords.reset', { token, password })

  it('204 sets the password, ends every session, signs nobody in, and tells', async () => {
    const { practice, user, token } = await asked()
    const client = await practice.as('patient')
    const answer = await reset(token)
    expect([answer.status, answer.cookies]).toEqual([204, []])
    expect((await client.call('accounts.me')).status).toBe(401)
    expect((await login(user)).status).toBe(401)
    expect((await login(user, { password: chosen })).status).toBe(200)
    expect(await noticesOf(practice.practice.practiceId, 'password-changed')).toMatchObject([
      { to: { email: user.email } },
    ])
    expect(await practice.recordsOf(answer)).toMatchObject([
      { name: 'passwords.reset', outcome: 'success', entity: { type: 'User', id: user.userId } },
    ])
  })

  it('204 leaves the second factor as it is: it is asked for as ever', async () => {
    const { practice, user, token } = await asked()
    await enrol(await practice.as('patient', 'aal1'))
    expect((await reset(token)).status).toBe(204)
    const { body } = await login(user, { password: chosen })
    expect(body).toMatchObject({ aal: 'pending', next: 'mfa-verify' })
  })

  it('204 once, of twenty at once', async () => {
    const { user, token } = await asked()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => reset(token, `${chosen} number ${index}`)),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter(status => status === 204)).toHaveLength(1)
    expect(statuses.filter(status => ![204, 409, 503, 504].includes(status))).toEqual([])
    expect((await stored(user))?.sessionEpoch).toBe(1)
  }, 60_000)

  it('409 for every other reset once one was used', async () => {
    const { practice, user } = await asked()
    await ask('passwords.forgot', { practice: user.practiceSlug, email: user.email })
    const tokens = await Promise.all((await noticesOf(practice.practice.practiceId, 'password-reset')).map(tokenIn))
    expect(tokens).toHaveLength(2)
    const statuses = []
    for (const token of [...tokens, ...tokens]) statuses.push((await reset(token)).status)
    expect(statuses).toEqual([204, 409, 409, 409])
  })

  it('409 after half an hour, after the e-mail was changed, for a disabled user, and for what nobody made', async () => {
    const { practice, user, token } = await asked()
    const late = plus(new Date().toJSON(), 30 * 60_000)
    expect((await at(late, () => reset(token))).body.code).toBe('link-refused')
    expect((await reset(forged)).body.code).toBe('link-refused')
    await changeUser(user, { status: 'disabled' })
    expect((await reset(token)).status).toBe(409)
    await changeUser(user, { status: 'active' })
    await moveTo(await practice.as('patient'), practice, 'moved@nowhere.example')
    expect((await reset(token)).status).toBe(409)
    expect((await stored(user))?.passwordHash).toBe(passwordHash)
  })

  it('422 for a password on the lists, and the link still works', async () => {
    const { token } = await asked()
    expect((await reset(token, 'passwordpassword')).status).toBe(422)
    expect((await reset(token)).status).toBe(204)
  })
})
