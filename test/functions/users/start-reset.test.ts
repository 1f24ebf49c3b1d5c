import { describe, expect, it } from 'vitest'
import { newPractice } from '../../harness/index.ts'
import { noticesOf, tokenOf } from '../../harness/letters.ts'
import { ask, chosen, stored } from '../accounts/fixture.ts'

describe('POST /users/{userId}/password-reset', () => {
  it('204 sends the user a link, which the administrator never sees, and changes nothing', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const { biller } = practice.users
    const before = await stored(biller)
    const answer = await admin.call('users.start-reset', { params: { userId: biller.userId } })
    expect([answer.status, answer.body]).toEqual([204, ''])
    expect(await stored(biller)).toEqual(before)
    expect(await noticesOf(practice.practice.practiceId)).toMatchObject([
      { kind: 'password-reset', to: { email: biller.email } },
    ])
    const token = await tokenOf(practice.practice.practiceId, 'password-reset')
    expect((await ask('passwords.reset', { token, password: chosen })).status).toBe(204)
  })

  it('429 after ten in an hour', async () => {
    const practice = await newPractice()
    const admin = await practice.as('admin')
    const params = { userId: practice.users.biller.userId }
    const statuses = []
    for (let asked = 0; asked < 11; asked++) statuses.push((await admin.call('users.start-reset', { params })).status)
    expect(statuses).toEqual([...Array(10).fill(204), 429])
  })
})
