import { beforeAll, describe, expect, it } from 'vitest'
import { ensureSigning, keyOf, tokenOf, withBearer } from '../../harness/clients.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('DELETE /api-keys/{keyId}', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
    await ensureSigning()
  })
  const revoke = async (keyId: string) => (await practice.as('admin')).call('apikeys.revoke', { params: { keyId } })

  it('204 ends the key and its access tokens at once', async () => {
    const { key, secret } = await keyOf(practice)
    const token = await tokenOf(secret)
    const ask = [withBearer(secret), withBearer(token)]
    for (const call of ask) expect((await call('patients.list')).status).toBe(200)
    const answer = await revoke(key.keyId)
    expect(answer.status).toBe(204)
    for (const call of ask) {
      const refused = await call('patients.list')
      expect([refused.status, refused.body.code]).toEqual([401, 'token-refused'])
      expect(await practice.recordsOf(refused)).toEqual([
        expect.objectContaining({
          outcome: 'denied',
          reason: 'token-refused',
          actor: expect.objectContaining({ id: key.keyId }),
        }),
      ])
    }
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ entity: { type: 'ApiKey', id: key.keyId }, changed: ['revokedAt', 'updatedAt'] }),
    ])
  })

  it('204 against requests on their way: whatever was answered before, nothing is after', async () => {
    const { key, call } = await keyOf(practice)
    const [, ...answers] = await Promise.all([
      revoke(key.keyId),
      ...Array.from({ length: 20 }, () => call('patients.list')),
    ])
    expect(answers.every(({ status }) => status === 200 || status === 401)).toBe(true)
    expect((await call('patients.list')).status).toBe(401)
  })

  it('204 once, of twenty at once', async () => {
    const { key } = await keyOf(practice)
    const answers = await Promise.all(Array.from({ length: 20 }, () => revoke(key.keyId)))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
  })

  it('404 for a key of another practice', async () => {
    const other = await keyOf(await newPractice())
    expect((await revoke(other.key.keyId)).body.code).toBe('api-key-not-found')
    expect((await other.call('patients.list')).status).toBe(200)
  })
})
