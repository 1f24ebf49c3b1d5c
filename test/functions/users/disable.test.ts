import { describe, expect, it } from 'vitest'
import { login, realHash } from '../../harness/identity.ts'
import { newPractice } from '../../harness/index.ts'
import { noticesOf } from '../../harness/letters.ts'
import { stored } from '../accounts/fixture.ts'

describe('POST /users/{userId}/disable', () => {
  it('204 ends the sessions at once and closes every way in', async () => {
    const practice = await newPractice({ passwordHash: await realHash() })
    const [admin, client] = [await practice.as('admin'), await practice.as('patient')]
    const params = { userId: client.user.userId }
    expect((await client.call('accounts.me')).status).toBe(200)
    expect((await admin.call('users.disable', { params })).status).toBe(204)
    expect((await client.call('accounts.me')).status).toBe(401)
    expect((await login(client.user)).status).toBe(401)
    expect((await admin.call('users.start-reset', { params })).status).toBe(404)
    expect((await admin.call('users.disable', { params })).status).toBe(204)
    expect(await noticesOf(practice.practice.practiceId)).toMatchObject([{ kind: 'account-disabled' }])
  })

  it('409 for oneself', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const { status, body } = await admin.call('users.disable', { params: { userId: admin.user.userId } })
    expect([status, body.code]).toEqual([409, 'own-account'])
    expect((await stored(admin.user))?.status).toBe('active')
  })
})
