import { describe, expect, it } from 'vitest'
import { Authenticator } from '../../harness/authenticator.ts'
import { newPractice } from '../../harness/index.ts'
import { signIn, withPasskey } from './fixture.ts'

describe('GET /passkeys', () => {
  it("200 shows the caller's own, oldest first, without key, count or credential", async () => {
    const own = await newPractice()
    await withPasskey(await own.as('biller'))
    const first = await withPasskey(await own.as('admin'))
    const second = await withPasskey(first.client, new Authenticator({ counts: false }))
    await signIn(first.authenticator)
    const { status, body } = await second.client.call('passkeys.list')
    expect(status).toBe(200)
    expect(body.items).toEqual([
      {
        passkeyId: first.passkeyId,
        label: 'My phone',
        transports: ['internal'],
        backedUp: false,
        createdAt: expect.any(String),
        lastUsedAt: expect.any(String),
      },
      {
        passkeyId: second.passkeyId,
        label: 'My phone',
        transports: ['internal'],
        backedUp: true,
        createdAt: expect.any(String),
      },
    ])
  })

  it('200 says which is suspended', async () => {
    const own = await newPractice()
    const { client, authenticator } = await withPasskey(await own.as('admin'))
    await signIn(authenticator, { counter: 5 })
    await signIn(authenticator, { counter: 5 })
    const { body } = await client.call('passkeys.list')
    expect(body.items).toEqual([expect.objectContaining({ suspendedAt: expect.any(String) })])
  })

  it('200 is empty for whoever has none', async () => {
    const own = await newPractice()
    expect((await (await own.as('patient')).call('passkeys.list')).body).toEqual({ items: [] })
  })
})
