import { beforeAll, describe, expect, it } from 'vitest'
import { appOf, ensureSigning, keyOf, refreshWith, tokenOf, withBearer } from '../../harness/clients.ts'
import { call, freshAddress, newPractice, type TestPractice } from '../../harness/index.ts'

describe('POST /oauth/revoke', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
    await ensureSigning()
  })
  const revoke = (token: string, more: Record<string, string> = {}) =>
    call('oauth.revoke', {
      sourceIp: freshAddress(),
      rawBody: new URLSearchParams({ token, client_id: 'haven-desktop', ...more }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })

  it('200 ends the sign-in with all its tokens, and no other', async () => {
    const client = await practice.as('practitioner')
    const [{ refresh, access }, other] = [await appOf(client), await appOf(client)]
    const { body: renewed } = await refreshWith(refresh)
    const answer = await revoke(renewed.refresh_token, { token_type_hint: 'refresh_token' })
    expect([answer.status, answer.body]).toEqual([200, {}])
    for (const token of [access, renewed.access_token]) {
      expect((await withBearer(token)('patients.list')).status).toBe(401)
    }
    expect((await refreshWith(renewed.refresh_token)).body.error).toBe('invalid_grant')
    expect((await withBearer(other.access)('patients.list')).status).toBe(200)
    expect((await client.call('patients.list')).status).toBe(200)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ outcome: 'success', entity: { type: 'Session', id: expect.stringMatching(/^ses_/) } }),
    ])
  })

  it('200 for what there is not, or not any more', async () => {
    const { refresh } = await appOf(await practice.as('practitioner'))
    expect([(await revoke(refresh)).status, (await revoke(refresh)).status]).toEqual([200, 200])
    expect((await revoke('nothing')).status).toBe(200)
  })

  it('401 from another app, and the sign-in goes on', async () => {
    const { refresh } = await appOf(await practice.as('practitioner'))
    const { status, body } = await revoke(refresh, { client_id: 'haven-mobile' })
    expect([status, body.error]).toEqual([401, 'invalid_client'])
    expect((await refreshWith(refresh)).status).toBe(200)
  })

  it('400 for an access token, which ends with its key or session', async () => {
    const { secret } = await keyOf(practice)
    const { status, body } = await revoke(await tokenOf(secret))
    expect([status, body.error]).toEqual([400, 'unsupported_token_type'])
  })
})
