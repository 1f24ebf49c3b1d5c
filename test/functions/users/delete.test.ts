import { describe, expect, it } from 'vitest'
import { enrol, linked } from '../../harness/identity.ts'
import { itemsAt, newPractice } from '../../harness/index.ts'
import { noticesOf, tokenOf } from '../../harness/letters.ts'
import { ask, chosen, stored } from '../accounts/fixture.ts'
import { withPasskey } from '../passkeys/fixture.ts'

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

  it('204 removes all that the user signed in with', async () => {
    const practice = await newPractice()
    const { practiceId } = practice.practice
    const { biller } = practice.users
    const { client: enrolled } = await enrol(await practice.as('biller', 'pending'))
    const { client } = await withPasskey(enrolled)
    expect((await client.call('devices.trust')).status).toBe(201)
    await linked(biller, 'google', 'https://accounts.google.com', 'the-same-person')
    const left = async () => {
      const owner = `${practiceId}#${biller.userId}`
      const found = await Promise.all([
        itemsAt(`FACTOR#${owner}`),
        itemsAt(`DEVICE#${owner}`),
        itemsAt(`PASSKEY#${owner}`, 'gsi1'),
        itemsAt(`IDENTITY#${owner}`, 'gsi1'),
      ])
      return found.map(({ length }) => length)
    }
    const before = await left()
    expect([before[0]! > 10, ...before.slice(1)]).toEqual([true, 1, 1, 1])
    const admin = await practice.as('admin')
    expect((await admin.call('users.delete', { params: { userId: biller.userId } })).status).toBe(204)
    expect(await left()).toEqual([0, 0, 0, 0])
  })

  it('409 for oneself', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const { status, body } = await admin.call('users.delete', { params: { userId: admin.user.userId } })
    expect([status, body.code]).toEqual([409, 'own-account'])
  })
})
