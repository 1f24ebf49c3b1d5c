import { beforeAll, describe, expect, it } from 'vitest'
import { newPractice, type TestPractice } from '../../harness/index.ts'
import { signIn, withPasskey } from './fixture.ts'

describe('PATCH /passkeys/{passkeyId}', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('200 changes the name and nothing else', async () => {
    const { client, authenticator, passkeyId } = await withPasskey(await practice.as('admin'))
    const answer = await client.call('passkeys.rename', { params: { passkeyId }, body: { label: ' Blue key ' } })
    expect([answer.status, answer.body.label]).toEqual([200, 'Blue key'])
    expect((await client.call('passkeys.list')).body.items).toMatchObject([{ passkeyId, label: 'Blue key' }])
    expect((await signIn(authenticator)).status).toBe(200)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ verb: 'U', entity: { type: 'Passkey', id: passkeyId }, changed: ['label'] }),
    ])
  })

  it("404 for another user's, of the same practice or of another", async () => {
    const other = await newPractice()
    const mine = await practice.as('supervisor')
    for (const own of [practice, other]) {
      const { passkeyId } = await withPasskey(await own.as('biller'))
      const { status, body } = await mine.call('passkeys.rename', { params: { passkeyId }, body: { label: 'x' } })
      expect([status, body.code]).toEqual([404, 'passkey-not-found'])
    }
  })

  it('409 to all but some of twenty at once, and never a mixture', async () => {
    const { client, passkeyId } = await withPasskey(await practice.as('auditor'))
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        client.call('passkeys.rename', { params: { passkeyId }, body: { label: `Name ${index}` } }),
      ),
    )
    expect(answers.some(({ status }) => status === 200)).toBe(true)
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
  })
})
