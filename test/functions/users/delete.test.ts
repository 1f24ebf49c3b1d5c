import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { noticesOf, tokenOf } from '../../harness/letters.ts'
import { ask, chosen, stored } from '../accounts/fixture.ts'

describe('DELETE /users/{userId}', () => {
  it('204 ends the sessions at once, and frees the e-mail', async () => {
    const practice = await newPractice()
    const [admin, client] = [await practice.as('admin'), await practice.as('biller')]
    const { userId, email } = client.user
    expect((await admin.call('users.delete', { params: { userId } })).status).toBe(204)
    expect((await client.call('accounts.me')).status).toBe(401)
    expect(await stored(client.user)).toBeUndefined()
    expect(await noticesOf(practice.practice.practiceId)).toMatchObject([{ kind: 'account-deleted', to: { email } }])
    expect((await admin.call('users.delete', { params: { userId } })).status).toBe(404)
    await admin.call('accounts.invite', { body: { email, role: 'biller' } })
    const token = await tokenOf(practice.practice.practiceId, 'invitation')
    expect((await ask('accounts.register', { token, password: chosen })).status).toBe(201)
  })

  it('409 for oneself', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const { status, body } = await admin.call('users.delete', { params: { userId: admin.user.userId } })
    expect([status, body.code]).toEqual([409, 'own-account'])
  })
})
