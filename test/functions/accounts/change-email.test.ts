import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, type TestPractice } from '../../harness/index.ts'
import { noticesOf } from '../../harness/letters.ts'
import { stored } from './fixture.ts'

describe('POST /accounts/me/email', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })
  const change = async (email: string) =>
    (await practice.as('biller')).call('accounts.change-email', { body: { email } })

  it('202 writes to the new address, and changes nothing yet', async () => {
    const before = await stored(practice.users.biller)
    const { status, body } = await change('new@nowhere.example')
    expect([status, body]).toEqual([202, { expiresAt: expect.any(String) }])
    expect(await noticesOf(practice.practice.practiceId)).toMatchObject([
      { kind: 'email-confirmation', to: { email: 'new@nowhere.example' } },
    ])
    expect(await stored(practice.users.biller)).toEqual(before)
  })

  it('202 says the same of an address that another user has', async () => {
    const { status, body } = await change(practice.users.admin.email)
    expect([status, body]).toEqual([202, { expiresAt: expect.any(String) }])
  })

  it('429 after ten messages in an hour, to however many addresses', async () => {
    const own = await newPractice()
    const client = await own.as('biller')
    const statuses = []
    for (let index = 0; index < 11; index++) {
      const body = { email: `address${index}@nowhere.example` }
      statuses.push((await client.call('accounts.change-email', { body })).status)
    }
    expect(statuses).toEqual([...Array(10).fill(202), 429])
  })
})
