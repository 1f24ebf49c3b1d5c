import { beforeEach, describe, expect, it } from 'vitest'
import { deviceOf } from '../../harness/identity.ts'
import { type Client, itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('DELETE /devices/{deviceId}', () => {
  let practice: TestPractice
  let client: Client
  beforeEach(async () => {
    practice = await newPractice()
    client = await practice.as('patient')
  })

  const remove = (deviceId: string, cookie?: string) =>
    client.call('devices.remove', {
      params: { deviceId },
      ...(cookie && { cookies: [`__Host-sid=${client.token}`, cookie] }),
    })

  it('204 forgets one of the caller’s, and no other', async () => {
    const [phone, here] = [await deviceOf(client.user), await deviceOf(client.user)]
    const answer = await remove(phone.device.deviceId, here.cookie)
    expect([answer.status, answer.cookies]).toEqual([204, []])
    const { body } = await client.call('devices.list')
    expect(body.items.map(({ deviceId }: { deviceId: string }) => deviceId)).toEqual([here.device.deviceId])
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({ name: 'devices.remove', entity: { type: 'Device', id: phone.device.deviceId } }),
    ])
  })

  it('204 of the browser that asks takes its cookie away', async () => {
    const { device, cookie } = await deviceOf(client.user)
    const { cookies } = await remove(device.deviceId, cookie)
    expect(cookies).toEqual(['__Host-did=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0'])
  })

  it('404 for somebody else’s, nobody’s, and one that is over', async () => {
    const theirs = await deviceOf(practice.users.biller)
    const foreign = await deviceOf((await newPractice()).users.patient)
    const over = await deviceOf(client.user, { epoch: 9 })
    for (const deviceId of [theirs, foreign, over].map(({ device }) => device.deviceId)) {
      const { status, body } = await remove(deviceId)
      expect([status, body.code]).toEqual([404, 'device-not-found'])
    }
    expect((await remove('dev_00000000000000000000')).status).toBe(404)
    for (const { device } of [theirs, foreign]) {
      expect(await itemsAt(`DEVICE#${device.practiceId}#${device.userId}`)).toHaveLength(1)
    }
  })
})
