import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { noticesOf } from '../../harness/letters.ts'
import { stored } from './fixture.ts'

describe('PUT /accounts/me', () => {
  it('200 replaces name and phone, and tells of a phone that is another one', async () => {
    const practice = await newPractice()
    const client = await practice.as('biller')
    const told = () => noticesOf(practice.practice.practiceId, 'phone-changed')
    const put = (body: object) => client.call('accounts.update', { body })

    const first = await put({ displayName: 'Sam', phone: '5035550123' })
    expect([first.status, first.body]).toMatchObject([200, { displayName: 'Sam', phone: '5035550123' }])
    expect(await told()).toMatchObject([{ to: { email: client.user.email } }])
    await put({ displayName: 'Sam B.', phone: '5035550123' })
    expect(await told()).toHaveLength(1)

    const last = await put({})
    expect(last.body).not.toHaveProperty('phone')
    expect(await stored(client.user)).not.toHaveProperty('displayName')
    expect(await told()).toHaveLength(2)
    expect(JSON.stringify(await practice.trail())).not.toContain('5035550123')
  })
})
