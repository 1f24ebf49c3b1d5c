import { describe, expect, it } from 'vitest'
import { login, realHash } from '../../harness/identity.ts'
import { newPractice } from '../../harness/index.ts'
import { noticesOf } from '../../harness/letters.ts'

describe('POST /users/{userId}/enable', () => {
  it('204 opens the ways in again, and the old sessions stay dead', async () => {
    const practice = await newPractice({ passwordHash: await realHash() })
    const [admin, client] = [await practice.as('admin'), await practice.as('patient')]
    const params = { userId: client.user.userId }
    await admin.call('users.disable', { params })
    expect((await admin.call('users.enable', { params })).status).toBe(204)
    expect((await client.call('accounts.me')).status).toBe(401)
    expect((await login(client.user)).status).toBe(200)
    expect((await noticesOf(practice.practice.practiceId)).map(({ kind }) => kind).sort()).toEqual([
      'account-disabled',
      'account-enabled',
    ])
  })
})
