import { beforeEach, describe, expect, it } from 'vitest'
import type { Device } from '../../../shared/schema/identity.ts'
import { plus } from '../../harness/clock.ts'
import { deviceCookieOf, deviceOf, sessionOf } from '../../harness/identity.ts'
import { type Client, itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { toldOf } from '../../harness/letters.ts'

const day = 86_400_000

describe('POST /devices', () => {
  let practice: TestPractice
  beforeEach(async () => {
    practice = await newPractice()
  })

  const trust = (client: Client, cookie?: string) =>
    client.call('devices.trust', cookie ? { cookies: [`__Host-sid=${client.token}`, cookie] } : {})
  const stored = async ({ user }: Client) =>
    (await itemsAt(`DEVICE#${user.practiceId}#${user.userId}`)) as unknown as Device[]

  it('201 trusts the browser for 30 days, by a cookie that scripts and other sites cannot use', async () => {
    const client = await practice.as('patient')
    const answer = await trust(client)
    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({ client: 'Unknown client', address: '192.0.2.10', current: true })
    expect(answer.body.expiresAt).toBe(plus(answer.body.trustedAt, 30 * day))
    expect(answer.cookies).toEqual([
      expect.stringMatching(
        /^__Host-did=prc_\w{20}\.usr_\w{20}\.dev_\w{20}\.[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=2592000$/,
      ),
    ])
  })

  it('201 keeps the hash alone, and when a factor was last shown', async () => {
    const client = await sessionOf(practice.users.patient)
    const answer = await trust(client)
    const [device] = await stored(client)
    const secret = deviceCookieOf(answer)?.split('.')[3] ?? ''
    expect(secret).toHaveLength(43)
    expect(JSON.stringify(device)).not.toContain(secret)
    expect(device).toMatchObject({
      verifiedAt: client.session.verifiedAt,
      amr: ['pwd', 'otp'],
      epoch: 0,
      role: 'patient',
    })
  })

  it('201 tells the user and the trail', async () => {
    const client = await practice.as('biller')
    const answer = await trust(client)
    expect(await toldOf(practice)).toEqual([['new-device', client.user.userId]])
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'devices.trust',
        verb: 'C',
        entity: { type: 'Device', id: answer.body.deviceId },
      }),
    ])
  })

  it('201 again renews: the browser has one record, another token, and its user is not told anew', async () => {
    const client = await practice.as('biller')
    const first = await trust(client)
    const second = await trust(client, deviceCookieOf(first))
    expect(second.status).toBe(201)
    expect(deviceCookieOf(second)).not.toBe(deviceCookieOf(first))
    expect((await stored(client)).map(({ deviceId }) => deviceId)).toEqual([second.body.deviceId])
    expect(await toldOf(practice)).toEqual([['new-device', client.user.userId]])
  })

  it('201 in a browser that somebody else trusts leaves theirs alone', async () => {
    const { cookie, device } = await deviceOf(practice.users.patient)
    const client = await practice.as('biller')
    expect((await trust(client, cookie)).status).toBe(201)
    const theirs = await itemsAt(`DEVICE#${device.practiceId}#${device.userId}`)
    expect(theirs).toHaveLength(1)
  })

  it('201 keeps ten at most: the one that was trusted longest ago gives way, and so do those of an earlier epoch', async () => {
    const { patient } = practice.users
    const client = await practice.as('patient')
    await deviceOf(patient, { epoch: 7 })
    const known: Device[] = []
    for (let index = 0; index < 10; index++) known.push((await deviceOf(patient)).device)
    const { body } = await trust(client)
    const kept = (await stored(client)).map(({ deviceId }) => deviceId)
    const oldest = known.map(({ deviceId }) => deviceId).sort()[0]
    expect(kept).toHaveLength(10)
    expect(kept).toContain(body.deviceId)
    expect(kept).not.toContain(oldest)
  })

  it.each([
    ['that was shown five minutes ago', { verifiedAt: new Date(Date.now() - 301_000).toJSON() }],
    ['that was not shown: the browser was trusted instead', { aal: 'aal1+device', verifiedAt: undefined }],
  ] as const)('403 with a factor %s', async (_, change) => {
    const { status, body, cookies } = await trust(await sessionOf(practice.users.patient, change))
    expect([status, body.code, cookies]).toEqual([403, 'step-up-required', []])
  })

  it('409 without any second factor: there is nothing to leave out', async () => {
    const client = await sessionOf(practice.users.patient, { aal: 'aal1', amr: ['pwd'] })
    const { status, body, cookies } = await trust(client)
    expect([status, body.code, cookies]).toEqual([409, 'mfa-not-set-up', []])
    expect(await stored(client)).toEqual([])
  })
})
