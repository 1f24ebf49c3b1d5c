import { describe, expect, it } from 'vitest'
import { call, freshAddress, itemsAt, recordsOf } from '../../harness/index.ts'
import { anybody, askedToSignIn } from './fixture.ts'

describe('POST /passkeys/login/options', () => {
  it('200 asks for any passkey of ours, and names nobody', async () => {
    const { publicKey } = await askedToSignIn()
    expect(publicKey).toEqual({
      rpId: 'portal.example',
      challenge: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      timeout: 300_000,
      allowCredentials: [],
      userVerification: 'required',
    })
  })

  it("200 keeps a challenge for five minutes, nobody's", async () => {
    const { ticketId, publicKey } = await askedToSignIn()
    const [kept] = await itemsAt(`CEREMONY#${ticketId}`)
    expect(kept).toMatchObject({ kind: 'login', challenge: publicKey.challenge })
    expect(kept).not.toHaveProperty('userId')
    expect(kept).not.toHaveProperty('sessionId')
    expect(Date.parse(String(kept?.expiresAt)) - Date.parse(String(kept?.createdAt))).toBe(300_000)
  })

  it('200 takes no account, so it can tell of none', async () => {
    const { status } = await anybody('passkeys.login-options', { body: { email: 'admin@harbor.example' } })
    expect(status).toBe(400)
  })

  it('200 is audited as anybody’s', async () => {
    const answer = await anybody('passkeys.login-options')
    expect(await recordsOf('platform', answer)).toEqual([
      expect.objectContaining({
        name: 'passkeys.login-options',
        actor: { type: 'anonymous', id: 'anonymous' },
        entity: { type: 'Ceremony', id: answer.body.ticketId },
      }),
    ])
  })

  it('429 after twenty from one address in five minutes', async () => {
    const sourceIp = freshAddress()
    const answers = await Promise.all(Array.from({ length: 25 }, () => call('passkeys.login-options', { sourceIp })))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(20)
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(5)
  })
})
