import { beforeAll, describe, expect, it } from 'vitest'
import { links } from '../../../shared/adapters/links.ts'
import { at, plus } from '../../harness/clock.ts'
import { clientOf, login } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { noticesOf, tokenOf } from '../../harness/letters.ts'
import { ask, chosen, forged } from './fixture.ts'

describe('POST /accounts', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  let invited = 0
  const invitation = async (role = 'biller', own = practice) => {
    const email = `colleague${++invited}@nowhere.example`
    await (await own.as('admin')).call('accounts.invite', { body: { email, role } })
    return { email, token: await tokenOf(own.practice.practiceId, 'invitation') }
  }

  it('201 opens the account, verified, and a session that owes its second factor', async () => {
    const { email, token } = await invitation()
    const answer = await ask('accounts.register', { token, password: chosen, displayName: 'Sam', phone: '5035550123' })
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ role: 'biller', aal: 'pending', amr: ['pwd'], next: 'mfa-setup' })
    const { userId, practiceId } = answer.body
    const [user] = await itemsAt(`USER#${practiceId}#${userId}`)
    expect(user).toMatchObject({ email, displayName: 'Sam', phone: '5035550123', emailVerifiedAt: user?.createdAt })
    expect(user?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/)
    const client = clientOf(user as never, answer)
    expect((await client.call('sessions.current')).status).toBe(200)
    expect((await login(user as never, { password: chosen })).status).toBe(200)
    expect(await practice.recordsOf(answer)).toMatchObject([
      { name: 'accounts.register', actor: { type: 'anonymous', id: userId }, entity: { type: 'User', id: userId } },
    ])
  })

  it('201 once, of twenty who open one link at once', async () => {
    const { email, token } = await invitation()
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => ask('accounts.register', { token, password: chosen })),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter(status => status === 201)).toHaveLength(1)
    // On a machine with more to do than it can, some are told to come again.
    expect(statuses.filter(status => ![201, 409, 503, 504].includes(status))).toEqual([])
    const users = await itemsAt(`USER#${practice.practice.practiceId}`, 'gsi2')
    expect(users.filter(user => user.email === email)).toHaveLength(1)
  }, 60_000)

  it('409 for a link that is over, of another purpose, or that nobody made', async () => {
    const { token } = await invitation()
    const { ticketId } = (await noticesOf(practice.practice.practiceId, 'invitation')).at(-1) ?? {}
    const other = await links().token('reset', ticketId as never)
    for (const wrong of [forged, other]) {
      const { status, body } = await ask('accounts.register', { token: wrong, password: chosen })
      expect([status, body.code]).toEqual([409, 'link-refused'])
    }
    const late = plus(new Date().toJSON(), 7 * 86_400_000 + 1)
    const answer = await at(late, () => ask('accounts.register', { token, password: chosen }))
    expect([answer.status, answer.body.code, answer.cookies]).toEqual([409, 'link-refused', []])
    expect((await ask('accounts.register', { token, password: chosen })).status).toBe(201)
  })

  it('422 says why a password may not be chosen, and the link still works', async () => {
    const { token } = await invitation()
    for (const [password, reason] of [
      ['passwordpassword', /lists/],
      ['Harbor Counseling 1', /tried first/],
      [`colleague${invited} Haven`, /tried first/],
    ] as const) {
      const { status, body } = await ask('accounts.register', { token, password })
      expect([status, body.code]).toEqual([422, 'password-refused'])
      expect(body.errors).toEqual([{ path: 'body.password', message: expect.stringMatching(reason) }])
    }
    expect((await ask('accounts.register', { token, password: chosen })).status).toBe(201)
  })

  it.each([
    ['14 characters', 'a'.repeat(7) + 'b'.repeat(7), 400],
    ['14 characters that take 28 units', '🦉'.repeat(14), 400],
    ['129 characters', `${'ab'.repeat(64)}c`, 400],
    ['half of a character', `${chosen}\ud83e`, 400],
    ['15 characters of one kind', 'qzjvkwxyqzjvkwx', 201],
    ['128 characters of any script', `${'🦉'.repeat(100)}${'ñ'.repeat(28)}`, 201],
  ])('a password of %s', async (_what, password, status) => {
    const { token } = await invitation()
    expect((await ask('accounts.register', { token, password })).status).toBe(status)
  })
})
