import { beforeEach, describe, expect, it } from 'vitest'
import { deviceOf } from '../../harness/identity.ts'
import { type Client, newPractice, type TestPractice } from '../../harness/index.ts'

const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

describe('GET /devices', () => {
  let practice: TestPractice
  let client: Client
  beforeEach(async () => {
    practice = await newPractice()
    client = await practice.as('patient')
  })

  const list = (cookie?: string) =>
    client.call('devices.list', cookie ? { cookies: [`__Host-sid=${client.token}`, cookie] } : {})

  it('200 lists what the caller trusts, and which one asks', async () => {
    const source = { address: '192.0.2.9', client: safari }
    const phone = await deviceOf(client.user, { source })
    const here = await deviceOf(client.user)
    const answer = await list(here.cookie)
    expect(answer.status).toBe(200)
    const { deviceId, createdAt, usedAt, expiresAt } = phone.device
    const told = { deviceId, trustedAt: createdAt, lastUsedAt: usedAt, expiresAt, client: 'Safari on iPhone' }
    expect(answer.body.items).toHaveLength(2)
    expect(answer.body.items).toContainEqual({ ...told, address: '192.0.2.9', current: false })
    expect(answer.body.items).toContainEqual(expect.objectContaining({ deviceId: here.device.deviceId, current: true }))
    for (const secret of [here.token, here.device.tokenHash]) expect(JSON.stringify(answer.body)).not.toContain(secret)
  })

  it('200 lists nothing that is over: expired, of an earlier epoch, or of another role', async () => {
    await deviceOf(client.user, { expiresAt: new Date().toJSON() })
    await deviceOf(client.user, { epoch: 3 })
    await deviceOf(client.user, { role: 'biller' })
    expect((await list()).body.items).toEqual([])
  })

  it('200 lists nobody else’s', async () => {
    const { cookie } = await deviceOf(practice.users.biller)
    expect((await list(cookie)).body.items).toEqual([])
  })
})
