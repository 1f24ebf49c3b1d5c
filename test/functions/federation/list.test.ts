import { beforeAll, describe, expect, it } from 'vitest'
import { linked } from '../../harness/identity.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /federation/identities', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('200 with the caller’s own, oldest first, and nothing of who they are elsewhere', async () => {
    const { patient, biller } = practice.users
    const first = await linked(patient, 'google', 'https://accounts.google.com', '1')
    await new Promise(resolve => setTimeout(resolve, 2))
    const second = await linked(patient, 'apple', 'https://appleid.apple.com', '2')
    await linked(biller, 'google', 'https://accounts.google.com', '3')
    const { status, body } = await (await practice.as('patient')).call('federation.list')
    expect(status).toBe(200)
    expect(body).toEqual({
      items: [first, second].map(({ identityId, provider, linkedAt }) => ({ identityId, provider, linkedAt })),
    })
  })

  it('200 with none', async () => {
    expect((await (await practice.as('auditor')).call('federation.list')).body).toEqual({ items: [] })
  })
})
