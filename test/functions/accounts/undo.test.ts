import { beforeAll, describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { changeUser, login, realHash } from '../../harness/identity.ts'
import { newPractice, password } from '../../harness/index.ts'
import { noticesOf, tokenIn, tokenOf } from '../../harness/letters.ts'
import { ask, changePassword, chosen, forged, moveTo, stored } from './fixture.ts'

describe('POST /accounts/undo', () => {
  let passwordHash: string
  beforeAll(async () => {
    passwordHash = await realHash()
  })
  const scene = async () => {
    const practice = await newPractice({ passwordHash })
    const client = await practice.as('patient')
    const { practiceId } = practice.practice
    return { practice, practiceId, client, user: client.user }
  }
  const undo = (token: string) => ask('accounts.undo', { token })

  it('204 brings the e-mail back, ends every session, and asks for a new password there', async () => {
    const { practice, practiceId, client, user } = await scene()
    await moveTo(client, practice, 'thief@nowhere.example')
    const answer = await undo(await tokenOf(practiceId, 'email-changed'))
    expect([answer.status, answer.cookies]).toEqual([204, []])
    expect((await client.call('accounts.me')).status).toBe(401)
    const after = await stored(user)
    expect(after).toMatchObject({ email: user.email, sessionEpoch: 1 })
    expect(after).not.toHaveProperty('passwordHash')
    expect((await login(user)).status).toBe(401)
    expect(await noticesOf(practiceId, 'password-reset')).toMatchObject([{ to: { email: user.email } }])
    const token = await tokenOf(practiceId, 'password-reset')
    expect((await ask('passwords.reset', { token, password: chosen })).status).toBe(204)
    expect((await login(user, { password: chosen })).status).toBe(200)
    // The address that was taken is free at once.
    await moveTo(await practice.as('auditor'), practice, 'thief@nowhere.example')
  })

  it('204 locks an account whose password somebody changed', async () => {
    const { practiceId, client, user } = await scene()
    const goesOn = await changePassword(client, password)
    expect((await undo(await tokenOf(practiceId, 'password-changed'))).status).toBe(204)
    expect((await goesOn.call('accounts.me')).status).toBe(401)
    for (const one of [password, chosen]) expect((await login(user, { password: one })).status).toBe(401)
  })

  it('204 once, of twenty at once', async () => {
    const { practice, practiceId, client } = await scene()
    await moveTo(client, practice, 'thief@nowhere.example')
    const token = await tokenOf(practiceId, 'email-changed')
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => undo(token)))).map(({ status }) => status)
    expect(statuses.filter(status => status === 204)).toHaveLength(1)
    expect(statuses.filter(status => status === 409)).toHaveLength(19)
  })

  it('204 undoes all that came after: the link that the thief got opens nothing', async () => {
    const { practice, practiceId, client, user } = await scene()
    await moveTo(client, practice, 'thief@nowhere.example')
    await moveTo(client, practice, 'thief.too@nowhere.example')
    const told = await noticesOf(practiceId, 'email-changed')
    const of = async (email: string) => {
      const notice = told.find(({ to }) => 'email' in to && to.email === email)
      if (!notice) throw new Error('that address was not told')
      return tokenIn(notice)
    }
    const [owners, thiefs] = [await of(user.email), await of('thief@nowhere.example')]
    // Whichever is opened first.
    expect((await undo(thiefs)).status).toBe(204)
    expect((await undo(owners)).status).toBe(204)
    expect(await stored(user)).toMatchObject({ email: user.email, undoable: [] })
    expect((await undo(thiefs)).status).toBe(409)
  })

  it('409 after three days, for a disabled account, and for what nobody made', async () => {
    const { practice, practiceId, client, user } = await scene()
    await moveTo(client, practice, 'other@nowhere.example')
    const token = await tokenOf(practiceId, 'email-changed')
    const late = plus(new Date().toJSON(), 72 * 3_600_000)
    expect((await at(late, () => undo(token))).status).toBe(409)
    expect((await undo(forged)).body.code).toBe('link-refused')
    await changeUser(user, { status: 'disabled' })
    expect((await undo(token)).status).toBe(409)
  })
})
