import { argon2Sync, randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { passwords } from '../../../shared/adapters/passwords.ts'
import type { User } from '../../../shared/schema/identity.ts'
import { at } from '../../harness/clock.ts'
import { changeUser, clientOf, enrol, login, realHash } from '../../harness/identity.ts'
import {
  type Answer,
  call,
  freshAddress,
  itemsAt,
  newPractice,
  password,
  plant,
  recordsOf,
  type TestPractice,
} from '../../harness/index.ts'
import { outputOf } from '../../harness/output.ts'

describe('POST /auth/login', () => {
  let practice: TestPractice
  let hash: string
  beforeAll(async () => {
    hash = await realHash()
    practice = await newPractice({ passwordHash: hash })
  })

  const sessionsOf = ({ practiceId, userId }: User) => itemsAt(`SESSION#${practiceId}#${userId}`)
  const stored = async ({ practiceId, userId }: User) =>
    (await itemsAt(`USER#${practiceId}#${userId}`))[0] as unknown as User

  it('200 opens a session for a patient, at aal1', async () => {
    const { patient } = practice.users
    const answer = await login(patient)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      userId: patient.userId,
      practiceId: practice.practice.practiceId,
      role: 'patient',
      patientId: practice.patients[0]?.patientId,
      aal: 'aal1',
      amr: ['pwd'],
      next: 'none',
    })
    const [item] = await sessionsOf(patient)
    expect(item).toMatchObject({ sessionId: answer.body.sessionId, aal: 'aal1', epoch: 0 })
    const client = clientOf(patient, answer)
    expect(JSON.stringify(item)).not.toContain(client.token.split('.')[2])
    expect((await client.call('patients.list')).status).toBe(200)
  })

  it('200 audits who signed in, and to what', async () => {
    const { biller } = practice.users
    const answer = await login(biller)
    expect(await practice.recordsOf(answer)).toEqual([
      expect.objectContaining({
        name: 'auth.login',
        verb: 'E',
        outcome: 'success',
        status: 200,
        actor: { type: 'anonymous', id: biller.userId },
        entity: { type: 'Session', id: answer.body.sessionId },
      }),
    ])
  })

  it("200 names the patient in the record of a patient's sign-in", async () => {
    const answer = await login(practice.users.patient)
    const [record] = await practice.recordsOf(answer)
    expect(record?.patientId).toBe(practice.users.patient.patientId)
  })

  it('200 sets the cookie for this host alone, over HTTPS alone, unseen by scripts', async () => {
    const { cookies, headers } = await login(practice.users.patient)
    expect(cookies).toHaveLength(1)
    expect(cookies[0]).toMatch(
      /^__Host-sid=prc_\w{20}\.usr_\w{20}\.[A-Za-z0-9_-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/,
    )
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-session-idle-expires': expect.any(String),
      'x-session-absolute-expires': expect.any(String),
    })
  })

  it('200 gives a session 15 minutes of idleness and 8 hours in all', async () => {
    const { body, headers } = await at('2029-05-01T10:00:00.000Z', () => login(practice.users.patient))
    expect(body).toMatchObject({
      idleExpiresAt: '2029-05-01T10:15:00.000Z',
      warnAt: '2029-05-01T10:13:00.000Z',
      absoluteExpiresAt: '2029-05-01T18:00:00.000Z',
    })
    expect(headers).toMatchObject({
      'x-session-idle-expires': body.idleExpiresAt,
      'x-session-warn-at': body.warnAt,
      'x-session-absolute-expires': body.absoluteExpiresAt,
    })
  })

  it.each(['practitioner', 'supervisor', 'biller', 'front-desk', 'admin', 'auditor'] as const)(
    '200 leaves a %s without a second factor pending until one is set up',
    async role => {
      const answer = await login(practice.users[role])
      expect(answer.body).toMatchObject({ aal: 'pending', amr: ['pwd'], next: 'mfa-setup', role })
      const { status, body } = await clientOf(practice.users[role], answer).call('patients.list')
      expect([status, body.code]).toEqual([403, 'mfa-required'])
    },
  )

  it('200 leaves whoever has a second factor pending until it is shown, for ten minutes', async () => {
    const own = await newPractice({ passwordHash: hash })
    await enrol(await own.as('patient', 'aal1'))
    const { body } = await at('2029-05-01T10:00:00.000Z', () => login(own.users.patient))
    expect(body).toMatchObject({ aal: 'pending', next: 'mfa-verify', absoluteExpiresAt: '2029-05-01T10:10:00.000Z' })
  })

  it('200 takes an e-mail in any case, with space around it', async () => {
    const { email, practiceSlug } = practice.users.patient
    const body = { practice: practiceSlug, email: ` ${email.toUpperCase()} `, password }
    expect((await call('auth.login', { body, sourceIp: freshAddress() })).status).toBe(200)
  })

  it('200 takes a password however its letters were composed', async () => {
    const own = await newPractice({ passwordHash: await passwords().hash('crème brûlée für Zoë') })
    const decomposed = 'crème brûlée für Zoë'.normalize('NFD')
    expect((await login(own.users.patient, { password: decomposed })).status).toBe(200)
  })

  it('200 replaces a hash of outdated cost, once', async () => {
    const own = await newPractice({ passwordHash: cheaperHash(password) })
    const { patient } = own.users
    expect((await login(patient)).status).toBe(200)
    const first = await stored(patient)
    expect(first.passwordHash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/)
    expect(first.version).toBe(patient.version + 1)
    expect((await login(patient)).status).toBe(200)
    expect(await stored(patient)).toEqual(first)
    expect((await login(patient, { password: 'not-the-password' })).status).toBe(401)
  })

  it('200 gives a token of its own, whatever cookie the request came with', async () => {
    const { patient } = practice.users
    const planted = `${patient.practiceId}.${patient.userId}.${randomBytes(32).toString('base64url')}`
    const answer = await login(patient, { cookies: [`__Host-sid=${planted}`] })
    const client = clientOf(patient, answer)
    expect(answer.status).toBe(200)
    expect(client.token).not.toBe(planted)
    expect((await call('patients.list', { token: planted })).status).toBe(401)
    expect((await client.call('patients.list')).status).toBe(200)
  })

  it('401 says the same of a wrong password, an unknown e-mail, an unknown practice and a disabled user', async () => {
    const own = await newPractice({ passwordHash: hash })
    await changeUser(own.users.admin, { status: 'disabled' })
    const { patient } = own.users
    const answers = [
      await login(patient, { password: 'not-the-password' }),
      await login({ ...patient, email: 'nobody@nowhere.example' }),
      await login({ ...patient, practiceSlug: 'no-such-practice' }),
      await login(own.users.admin),
    ]
    const seen = answers.map(told)
    expect(seen[0]).toMatchObject({ status: 401, body: { code: 'credentials-refused' }, cookies: [] })
    expect(seen).toEqual(answers.map(() => seen[0]))
    expect(await sessionsOf(own.users.admin)).toEqual([])
  })

  it('401 says the same of a user who never set a password', async () => {
    const own = await newPractice({ passwordHash: hash })
    const { patient } = own.users
    const { passwordHash: _, ...without } = (await itemsAt(`USER#${patient.practiceId}#${patient.userId}`))[0] ?? {}
    await plant(without)
    const wrong = await login(own.users.admin, { password: 'not-the-password' })
    expect(told(await login(patient))).toEqual(told(wrong))
  })

  it("401 records a refusal in the practice's trail when the user is known, and apart from it when not", async () => {
    const { supervisor } = practice.users
    const wrong = await login(supervisor, { password: 'not-the-password' })
    const denied = { name: 'auth.login', outcome: 'denied', status: 401, reason: 'credentials-refused' }
    expect(await practice.recordsOf(wrong)).toEqual([
      expect.objectContaining({ ...denied, actor: { type: 'anonymous', id: supervisor.userId } }),
    ])
    const unknown = await login({ ...supervisor, email: 'nobody@nowhere.example' })
    expect(await practice.recordsOf(unknown)).toEqual([])
    expect(await recordsOf('platform', unknown)).toEqual([
      expect.objectContaining({ ...denied, actor: { type: 'anonymous', id: 'anonymous' } }),
    ])
  })

  it('400 names what is missing or wrong, and never repeats it', async () => {
    const body = {
      practice: 'No Practice',
      email: 'canary-not-an-address',
      password: 'canary'.repeat(100),
      extra: 'canary',
    }
    const answer = await call('auth.login', { body, sourceIp: freshAddress() })
    expect(answer.status).toBe(400)
    expect(answer.body.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
      'body.email',
      'body.extra',
      'body.password',
      'body.practice',
    ])
    expect(JSON.stringify(answer.body)).not.toContain('canary')
  })

  it.each(['practice', 'email', 'password'])('400 without %s', async field => {
    const { practiceSlug, email } = practice.users.patient
    const { [field]: _, ...body } = { practice: practiceSlug, email, password } as Record<string, string>
    const answer = await call('auth.login', { body, sourceIp: freshAddress() })
    expect([answer.status, answer.body.errors]).toEqual([400, [{ path: `body.${field}`, message: 'is required' }]])
  })

  it('415 for a form, which another page could send', async () => {
    const rawBody = new URLSearchParams({ email: practice.users.patient.email, password }).toString()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await call('auth.login', { rawBody, headers, sourceIp: freshAddress() })
    expect([answer.status, answer.cookies]).toEqual([415, []])
  })

  it('429 after 20 tries from one address in five minutes, even with the right password', async () => {
    const sourceIp = freshAddress()
    const { patient } = practice.users
    const tries: Answer[] = []
    await at('2029-06-01T10:01:00.000Z', async () => {
      // What is not even well formed counts too, and costs no hash.
      for (let attempt = 0; attempt < 20; attempt++) tries.push(await call('auth.login', { body: {}, sourceIp }))
      tries.push(await login(patient, { sourceIp }))
    })
    expect(tries.slice(0, 20).map(({ status }) => status)).toEqual(Array(20).fill(400))
    expect(tries[0]?.headers).toMatchObject({
      'ratelimit-policy': '"credential";q=20;w=300',
      ratelimit: '"credential";r=19;t=330',
    })
    const refused = tries[20]
    expect(refused?.status).toBe(429)
    expect(refused?.body.code).toBe('rate-limited')
    expect(refused?.cookies).toEqual([])
    expect(refused?.headers).toMatchObject({ 'retry-after': '330', ratelimit: '"credential";r=0;t=330' })

    const elsewhere = await at('2029-06-01T10:01:00.000Z', () => login(patient))
    const early = await at('2029-06-01T10:06:29.000Z', () => login(patient, { sourceIp }))
    const later = await at('2029-06-01T10:12:00.000Z', () => login(patient, { sourceIp }))
    expect([elsewhere.status, early.status, later.status]).toEqual([200, 429, 200])
  })

  it('429 counts the whole /64 of an IPv6 customer as one', async () => {
    await at('2029-06-02T10:01:00.000Z', async () => {
      const tries: number[] = []
      const network = freshAddress().replace('::1', '')
      for (let host = 1; host <= 21; host++) {
        tries.push((await call('auth.login', { body: {}, sourceIp: `${network}::${host.toString(16)}` })).status)
      }
      expect(tries).toEqual([...Array(20).fill(400), 429])
    })
  })

  it('writes neither password nor e-mail into a log line or an audit record', async () => {
    const own = await newPractice({ passwordHash: hash })
    const { patient } = own.users
    const answers: Answer[] = []
    const secret = 'canary-password-of-somebody'
    const output = await outputOf(async () => {
      answers.push(await login(patient))
      answers.push(await login(patient, { password: secret }))
      answers.push(await login({ ...patient, email: 'canary@nowhere.example' }, { password: secret }))
      answers.push(
        await call('auth.login', {
          body: { email: 'canary@nowhere.example', password: secret },
          sourceIp: freshAddress(),
        }),
      )
      answers.push(await call('auth.login', { rawBody: `{"password":"${secret}"`, sourceIp: freshAddress() }))
    })
    expect(output).toContain('auth.login')
    const platform = (await Promise.all(answers.map(answer => recordsOf('platform', answer)))).flat()
    expect(platform.length).toBeGreaterThanOrEqual(3)
    const kept = [output, JSON.stringify(await own.trail()), JSON.stringify(platform)].join()
    for (const word of [password, 'canary', patient.email, patient.passwordHash]) expect(kept).not.toContain(word)
  })
})

/** What the client is told, without what tells one request from another. */
function told({ status, headers, cookies, body: { instance: _, ...body } }: Answer) {
  const { 'x-request-id': _id, ratelimit: _limit, ...rest } = headers
  return { status, cookies, body, headers: rest }
}

/** A hash of lower cost, with the pepper that the tests stand on. */
function cheaperHash(text: string): string {
  const nonce = randomBytes(16)
  const cost = { memory: 19_456, passes: 2, parallelism: 1, tagLength: 32 }
  const secret = 'a pepper for tests'
  const hash = argon2Sync('argon2id', { message: text, nonce, secret, ...cost })
  const plain = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$argon2id$v=19$m=19456,t=2,p=1$${plain(nonce)}$${plain(hash)}`
}
