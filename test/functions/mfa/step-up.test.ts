import { beforeAll, describe, expect, it } from 'vitest'
import type { User } from '../../../shared/schema/identity.ts'
import { at, plus } from '../../harness/clock.ts'
import { clientOf, codeOf, enrol, noticesOf, realHash, sessionOf, wrongCode } from '../../harness/identity.ts'
import { type Client, itemsAt, newPractice, password } from '../../harness/index.ts'

describe('POST /mfa/step-up', () => {
  let hash: string
  beforeAll(async () => {
    hash = await realHash()
  })

  const stepUp = (client: Client, body: object) => client.call('mfa.step-up', { body })
  const enrolled = async () => {
    const own = await newPractice({ passwordHash: hash })
    const { secret, backupCodes } = await enrol(await own.as('admin', 'pending'))
    return { own, user: own.users.admin, secret, backupCodes }
  }
  /** A session whose factor was shown ten minutes ago. */
  const stale = (user: User, change = {}) =>
    sessionOf(user, { verifiedAt: plus(new Date().toJSON(), -600_000), ...change })
  const newCodes = (client: Client) => client.call('mfa.regenerate-backup-codes')

  it('200 makes the session fresh for five minutes, under a new token', async () => {
    const { own, user, secret } = await enrolled()
    const client = await stale(user)
    expect((await newCodes(client)).body.code).toBe('step-up-required')
    const answer = await stepUp(client, { code: codeOf(secret) })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({ aal: 'aal2', amr: ['pwd', 'otp'], sessionId: client.session.sessionId })
    expect(answer.body.absoluteExpiresAt).toBe(client.session.absoluteExpiresAt)
    expect((await client.call('sessions.current')).status).toBe(401)
    expect(await own.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'mfa.step-up',
        outcome: 'success',
        entity: { type: 'Session', id: client.session.sessionId },
      }),
    ])
    const fresh = clientOf(user, answer)
    await at(Date.now() + 301_000, async () => expect((await newCodes(fresh)).body.code).toBe('step-up-required'))
    expect((await newCodes(fresh)).status).toBe(200)
  })

  it('200 raises a patient in a trusted browser to aal2', async () => {
    const own = await newPractice()
    const { secret } = await enrol(await own.as('patient', 'aal1'))
    const client = await sessionOf(own.users.patient, { aal: 'aal1+device', amr: ['pwd'], verifiedAt: undefined })
    const { status, body } = await stepUp(client, { code: codeOf(secret) })
    expect([status, body.aal]).toEqual([200, 'aal2'])
  })

  it('200 for a backup code, of which its user is told', async () => {
    const { own, user, backupCodes } = await enrolled()
    const answer = await stepUp(await stale(user), { code: backupCodes[0] })
    expect(answer.body).toMatchObject({ aal: 'aal2', amr: ['pwd', 'otp', 'rc'] })
    expect((await noticesOf(own)).at(-1)).toBe('backup-code-used')
    expect((await stepUp(await stale(user), { code: backupCodes[0] })).status).toBe(401)
  })

  it('200 for the password of whoever has no factor, and the session is worth what it was', async () => {
    const own = await newPractice({ passwordHash: hash })
    const client = await stale(own.users.patient, { aal: 'aal1', amr: ['pwd'] })
    expect((await client.call('mfa.setup')).body.code).toBe('step-up-required')
    const answer = await stepUp(client, { password })
    expect(answer.body).toMatchObject({ aal: 'aal1', amr: ['pwd'], next: 'none' })
    expect((await clientOf(own.users.patient, answer).call('mfa.setup')).status).toBe(200)
  })

  it('403 for the password of whoever has a factor: a thief of the session may have it too', async () => {
    const { user } = await enrolled()
    const { status, body } = await stepUp(await stale(user), { password })
    expect([status, body.code]).toEqual([403, 'mfa-required'])
  })

  it('401 for a wrong password, and 429 after five', async () => {
    const own = await newPractice({ passwordHash: hash })
    const client = await stale(own.users.patient, { aal: 'aal1', amr: ['pwd'] })
    const statuses: number[] = []
    for (let attempt = 0; attempt < 5; attempt++) statuses.push((await stepUp(client, { password: 'x' })).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401])
    expect((await stepUp(client, { password })).status).toBe(429)
  })

  it('200 again and again: a right code is no guess', async () => {
    const { user, secret } = await enrolled()
    let client: Client = await stale(user)
    const start = Date.now()
    for (let time = 1; time <= 8; time++) {
      const answer = await at(start + time * 60_000, () => stepUp(client, { code: codeOf(secret) }))
      expect(answer.status).toBe(200)
      client = clientOf(user, answer)
    }
  })

  it('429 for all but five of twenty guesses at once, and the session goes on', async () => {
    const { user, secret } = await enrolled()
    const client = await stale(user)
    const answers = await Promise.all(Array.from({ length: 20 }, () => stepUp(client, { code: wrongCode(secret) })))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(15)
    expect((await client.call('sessions.current')).status).toBe(200)
  })

  it('200 once, of twenty sessions that show one code at once', async () => {
    const { own, user, secret } = await enrolled()
    await at(plus(new Date().toJSON(), 86_400_000), async () => {
      const callers = await Promise.all(Array.from({ length: 20 }, () => stale(user)))
      const code = codeOf(secret)
      const answers = await Promise.all(callers.map(caller => stepUp(caller, { code })))
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(answers.every(({ status }) => [200, 401, 409].includes(status))).toBe(true)
    })
    const [factor] = (await itemsAt(`FACTOR#${own.practice.practiceId}#${user.userId}`)).filter(
      ({ sk }) => sk === 'TOTP',
    )
    expect(factor?.lastStep).toBeGreaterThan(0)
  })

  it('409 for a token that a refresh has replaced, in its half minute', async () => {
    const { user, secret } = await enrolled()
    const client = await stale(user)
    expect((await client.call('sessions.refresh')).status).toBe(200)
    const { status, body } = await stepUp(client, { code: codeOf(secret) })
    expect([status, body.code]).toEqual([409, 'already-refreshed'])
  })

  it.each([{}, { code: '123456', password: 'both' }])('400 for %j', async body => {
    const own = await newPractice()
    const { status, body: problem } = await stepUp(await own.as('admin'), body)
    expect([status, problem.errors[0].path]).toEqual([400, 'body.code'])
  })
})
