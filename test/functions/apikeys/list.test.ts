import { beforeAll, describe, expect, it } from 'vitest'
import { keyOf } from '../../harness/clients.ts'
import { newPractice, type TestPractice } from '../../harness/index.ts'

describe('GET /api-keys', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('200 lists the practice’s keys and those that are over, newest first, without their secrets', async () => {
    const old = await keyOf(practice, { revokedAt: new Date().toJSON() })
    const next = await keyOf(practice)
    await keyOf(await newPractice())
    await next.call('patients.list')
    const { status, body } = await (await practice.as('admin')).call('apikeys.list')
    expect(status).toBe(200)
    expect(body.items.map(({ keyId }: { keyId: string }) => keyId).sort()).toEqual(
      [old.key.keyId, next.key.keyId].sort(),
    )
    const byId = Object.fromEntries(body.items.map((item: { keyId: string }) => [item.keyId, item]))
    expect(byId[old.key.keyId]).toMatchObject({ revokedAt: expect.any(String) })
    expect(byId[next.key.keyId]).toMatchObject({ lastUsedAt: expect.any(String) })
    for (const { secret, key } of [old, next]) {
      expect(JSON.stringify(body)).not.toContain(secret.split('.')[2])
      expect(JSON.stringify(body)).not.toContain(key.secretHash)
    }
  })

  it('200 goes on at its cursor', async () => {
    const admin = await practice.as('admin')
    const first = await admin.call('apikeys.list', { query: { limit: '1' } })
    const second = await admin.call('apikeys.list', { query: { limit: '1', cursor: first.body.next } })
    expect(second.body.items[0].keyId).not.toBe(first.body.items[0].keyId)
  })
})
