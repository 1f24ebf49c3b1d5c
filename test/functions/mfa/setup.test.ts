import { beforeAll, describe, expect, it } from 'vitest'
import { seeds } from '../../../shared/adapters/seeds.ts'
import { Problem } from '../../../shared/kernel/problem.ts'
import type { User } from '../../../shared/schema/identity.ts'
import { at } from '../../harness/clock.ts'
import { codeOf, enrol, owing, sessionOf } from '../../harness/identity.ts'
import { itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'

describe('POST /mfa/setup', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  const factorOf = async ({ practiceId, userId }: User, sort = 'ENROLMENT') =>
    (await itemsAt(`FACTOR#${practiceId}#${userId}`)).find(({ sk }) => sk === sort)
  const opener = (practiceId: User['practiceId']) =>
    seeds({
      actor: { type: 'system', id: 'test', practiceId },
      practiceId,
      now: new Date().toJSON(),
      signal: AbortSignal.timeout(10_000),
    })

  it('200 makes a secret of 160 bits that an app can read', async () => {
    const client = await practice.as('admin', 'pending')
    const { status, body, headers } = await client.call('mfa.setup')
    expect(status).toBe(200)
    expect(headers['cache-control']).toBe('no-store')
    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/)
    const uri = new URL(body.otpauthUri)
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp'])
    expect(uri.searchParams.get('secret')).toBe(body.secret)
    expect(uri.searchParams.get('issuer')).toBe('Haven')
    expect(body.qr).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/)
  })

  it('200 audits it without the secret', async () => {
    const client = await practice.as('biller', 'pending')
    let answer = { headers: {}, body: { secret: '' } } as Awaited<ReturnType<typeof client.call>>
    const output = await outputOf(async () => {
      answer = await client.call('mfa.setup')
    })
    const records = await practice.recordsOf(answer)
    expect(records).toEqual([
      expect.objectContaining({
        name: 'mfa.setup',
        verb: 'C',
        outcome: 'success',
        actor: expect.objectContaining({ id: client.user.userId, aal: 'pending' }),
        entity: { type: 'Factor', id: client.user.userId },
        changed: ['seed'],
      }),
    ])
    expect(JSON.stringify(records) + output).not.toContain(answer.body.secret)
  })

  it('200 keeps the seed as a ciphertext that opens for its user alone', async () => {
    const client = await practice.as('supervisor', 'pending')
    const { body } = await client.call('mfa.setup')
    const factor = await factorOf(client.user)
    const sealed = String(factor?.seed)
    expect(factor).toMatchObject({ lastStep: -1, failures: 0 })
    expect(JSON.stringify(factor)).not.toContain(body.secret)
    expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain(body.secret)
    const { open } = opener(client.user.practiceId)
    expect(await open(client.user.userId, sealed)).toBe(body.secret)
    await expect(open(practice.users.patient.userId, sealed)).rejects.toThrow()
    await expect(open(practice.users.patient.userId, sealed)).rejects.not.toBeInstanceOf(Problem)
  })

  it('200 again takes the place of a secret that was never enabled', async () => {
    const client = await practice.as('front-desk', 'pending')
    const [first, second] = [await client.call('mfa.setup'), await client.call('mfa.setup')]
    expect(second.body.secret).not.toBe(first.body.secret)
    const factor = await factorOf(client.user)
    const { open } = opener(client.user.practiceId)
    expect(await open(client.user.userId, String(factor?.seed))).toBe(second.body.secret)
  })

  it('200 for a patient who is signed in and wants a second factor', async () => {
    const client = await practice.as('patient', 'aal1')
    expect((await client.call('mfa.setup')).status).toBe(200)
  })

  it('403 for whoever owes a code of an enabled authenticator: a password alone must not replace it', async () => {
    const own = await newPractice()
    await enrol(await own.as('admin', 'pending'))
    const before = await factorOf(own.users.admin)
    const client = await owing(own.users.admin)
    const { status, body } = await client.call('mfa.setup')
    expect([status, body.code]).toEqual([403, 'mfa-required'])
    expect(await factorOf(own.users.admin)).toEqual(before)
  })

  it('403 for a sign-in that was to make the first factor, once another sign-in has made one', async () => {
    const own = await newPractice()
    await enrol(await own.as('admin', 'pending'))
    // A password alone, in a session of the present epoch: it races its owner's enrolment.
    const late = await sessionOf(own.users.admin, { aal: 'pending', amr: ['pwd'], next: 'mfa-setup' })
    const { status, body } = await late.call('mfa.setup')
    expect([status, body.code]).toEqual([403, 'mfa-required'])
  })

  it('403 for whoever is signed in and has shown no factor in five minutes', async () => {
    const own = await newPractice()
    await enrol(await own.as('admin', 'pending'))
    const client = await sessionOf(own.users.admin, { verifiedAt: new Date(Date.now() - 301_000).toJSON() })
    const { status, body } = await client.call('mfa.setup')
    expect([status, body.code]).toEqual([403, 'step-up-required'])
    expect(await factorOf(own.users.admin)).toBeUndefined()
  })

  it('200 for a new phone: the enabled authenticator goes on until the new one has shown a code', async () => {
    const own = await newPractice()
    const { client, secret } = await enrol(await own.as('admin', 'pending'))
    const before = await factorOf(own.users.admin, 'TOTP')
    const { status, body } = await client.call('mfa.setup')
    expect(status).toBe(200)
    expect(await factorOf(own.users.admin, 'TOTP')).toEqual(before)
    const signIn = async (code: string) => (await owing(own.users.admin)).call('mfa.verify', { body: { code } })
    await at(Date.now() + 3_600_000, async () => expect((await signIn(codeOf(secret))).status).toBe(200))

    const enabled = await client.call('mfa.enable', { body: { code: codeOf(body.secret) } })
    expect(enabled.status).toBe(200)
    await at(Date.now() + 7_200_000, async () => {
      expect((await signIn(codeOf(secret))).status).toBe(401)
      expect((await signIn(codeOf(body.secret))).status).toBe(200)
    })
  })

  it('400 with a body', async () => {
    const client = await practice.as('auditor', 'pending')
    const { status, body } = await client.call('mfa.setup', { body: { secret: 'JBSWY3DPEHPK3PXP' } })
    expect([status, body.errors]).toEqual([400, [{ path: 'body', message: 'must be empty' }]])
  })
})
