import { describe, expect, it } from 'vitest'
import { at, plus } from '../../harness/clock.ts'
import { login, realHash, sessionOf } from '../../harness/identity.ts'
import { newPractice } from '../../harness/index.ts'
import { noticesOf, tokenOf } from '../../harness/letters.ts'
import { moveTo, stored } from './fixture.ts'

const fresh = 'fresh@nowhere.example'

describe('POST /accounts/me/email/confirmation', () => {
  const asked = async (email = fresh) => {
    const practice = await newPractice()
    const client = await practice.as('biller')
    await client.call('accounts.change-email', { body: { email } })
    const token = await tokenOf(practice.practice.practiceId, 'email-confirmation')
    return { practice, client, user: client.user, token, body: { token } }
  }

  it('200 changes the address, verified, and tells the old one with a link to undo it', async () => {
    const practice = await newPractice({ passwordHash: await realHash() })
    const client = await practice.as('patient')
    await moveTo(client, practice, fresh)
    expect(await stored(client.user)).toMatchObject({ email: fresh, emailVerifiedAt: expect.any(String) })
    const [told] = await noticesOf(practice.practice.practiceId, 'email-changed')
    expect(told).toMatchObject({ to: { email: client.user.email }, ticketId: expect.any(String) })
    expect((await login({ ...client.user, email: fresh })).status).toBe(200)
    expect((await login(client.user)).status).toBe(401)
    expect((await client.call('accounts.me')).body.email).toBe(fresh)
  })

  it('200 once, of twenty at once', async () => {
    const { client, body } = await asked()
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.call('accounts.confirm-email', { body })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => [200, 409].includes(status))).toBe(true)
  })

  it('409 in the session of anybody else: a stranger has the link, and not the account', async () => {
    const { practice, user, body } = await asked()
    const stranger = await practice.as('admin')
    const answer = await stranger.call('accounts.confirm-email', { body })
    expect([answer.status, answer.body.code]).toEqual([409, 'link-refused'])
    expect((await stored(user))?.email).toBe(user.email)
  })

  it('409 for an address that another user has, for one asked for before another change, and after a day', async () => {
    const practice = await newPractice()
    const client = await practice.as('biller')
    const told = () => tokenOf(practice.practice.practiceId, 'email-confirmation')
    const confirm = (token: string, by = client) => by.call('accounts.confirm-email', { body: { token } })
    await client.call('accounts.change-email', { body: { email: practice.users.admin.email } })
    expect((await confirm(await told())).status).toBe(409)
    await client.call('accounts.change-email', { body: { email: 'first@nowhere.example' } })
    const first = await told()
    await moveTo(client, practice, 'second@nowhere.example')
    expect((await confirm(first)).status).toBe(409)
    await client.call('accounts.change-email', { body: { email: 'third@nowhere.example' } })
    const third = await told()
    const tomorrow = plus(new Date().toJSON(), 86_400_000)
    expect((await at(tomorrow, async () => confirm(third, await sessionOf(client.user)))).status).toBe(409)
  })

  it('409 for an address that its user left less than three days ago, and 200 to that user', async () => {
    const practice = await newPractice()
    const [biller, auditor] = [await practice.as('biller'), await practice.as('auditor')]
    await moveTo(biller, practice, fresh)
    await auditor.call('accounts.change-email', { body: { email: biller.user.email } })
    const token = await tokenOf(practice.practice.practiceId, 'email-confirmation')
    expect((await auditor.call('accounts.confirm-email', { body: { token } })).status).toBe(409)
    await moveTo(biller, practice, biller.user.email)
    await at(plus(new Date().toJSON(), 73 * 3_600_000), async () => {
      await moveTo(await sessionOf(auditor.user), practice, fresh)
    })
    expect((await stored(auditor.user))?.email).toBe(fresh)
  })

  it('429 after ten changes that can still be undone, so that none is pushed out of reach', async () => {
    const { client, user, body } = await asked()
    const undoable = Array.from({ length: 10 }, (_, index) => ({
      ticketId: `tkt_${String(index).padStart(20, '0')}`,
      email: user.email,
      at: new Date().toJSON(),
    }))
    const { changeUser } = await import('../../harness/identity.ts')
    await changeUser(user, { undoable: undoable as never })
    const answer = await client.call('accounts.confirm-email', { body })
    expect([answer.status, answer.body.code]).toEqual([429, 'too-many-changes'])
  })
})
