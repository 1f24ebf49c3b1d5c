import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { keyOf, withBearer } from '../../harness/clients.ts'
import { at, plus } from '../../harness/clock.ts'
import { call, freshAddress, itemsAt, newPractice, type TestPractice } from '../../harness/index.ts'

describe('a request with an API key', () => {
  let practice: TestPractice
  beforeAll(async () => {
    practice = await newPractice()
  })

  it('200 acts for its practice as workforce, and the trail names the key', async () => {
    const { key, call } = await keyOf(practice)
    const answer = await call('patients.list')
    expect(answer.status).toBe(200)
    expect(answer.body.items).toHaveLength(practice.patients.length)
    expect(answer.headers).not.toHaveProperty('x-session-idle-expires')
    const records = await practice.recordsOf(answer)
    expect(records).toHaveLength(practice.patients.length)
    for (const { actor } of records) expect(actor).toEqual({ type: 'client', id: key.keyId, apiKeyId: key.keyId })
  })

  it('201 changes something without a proof of a page: no page can send it', async () => {
    const { call } = await keyOf(practice, { scopes: ['patient:create'] })
    const [{ name, birthDate, gender, address }] = practice.patients as [TestPractice['patients'][number]]
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://elsewhere.example' }
    const { status, body } = await call('patients.create', { body: { name, birthDate, gender, address }, headers })
    expect([status, body.practiceId]).toEqual([201, practice.practice.practiceId])
  })

  it('404 for what its scopes do not hold, as if there were nothing', async () => {
    const { call } = await keyOf(practice, { scopes: ['claim:read'] })
    const { status, body } = await call('patients.list')
    expect([status, body.code]).toEqual([404, 'forbidden'])
  })

  it("404 for another practice's records", async () => {
    const other = await newPractice()
    const { call } = await keyOf(practice)
    const { status } = await call('patients.get', { params: { patientId: other.patients[0]?.patientId ?? '' } })
    expect(status).toBe(404)
  })

  it('404 to join a meeting: it is nobody', async () => {
    const { call } = await keyOf(practice, { scopes: ['telehealth:join'] })
    const { status, body } = await call('telehealth.join', { params: { telehealthId: 'tel_0TEXEHEAXTH000000000' } })
    expect([status, body.code]).toEqual([404, 'telehealth-not-found'])
  })

  it('401 for the keys themselves, even with a scope that nobody can be given', async () => {
    const { key, call } = await keyOf(practice, { scopes: ['api-key:manage'] })
    for (const [id, request] of [
      ['apikeys.list', {}],
      ['apikeys.revoke', { params: { keyId: key.keyId } }],
      ['sessions.current', {}],
      ['sessions.refresh', {}],
      ['oauth.authorize-native', {}],
    ] as const) {
      const { status, body } = await call(id, request)
      expect([id, status, body.code]).toEqual([id, 401, 'unauthenticated'])
    }
  })

  it('401 when it has expired, to the second', async () => {
    const { key, call } = await keyOf(practice)
    expect((await at(plus(key.expiresAt, -1), () => call('patients.list'))).status).toBe(200)
    const { status, body, headers } = await at(key.expiresAt, () => call('patients.list'))
    expect([status, body.code]).toEqual([401, 'token-refused'])
    expect(headers['www-authenticate']).toBe('Bearer realm="haven"')
  })

  it('401 from another address than those allowed, and from none', async () => {
    const { call } = await keyOf(practice, { addresses: ['203.0.113.0/24', '2001:db8:77::/48'] })
    const from = async (sourceIp: string) => (await call('patients.list', { sourceIp })).status
    expect([await from('203.0.113.9'), await from('2001:db8:77::9'), await from('::ffff:203.0.113.9')]).toEqual([
      200, 200, 200,
    ])
    expect([await from('203.0.114.9'), await from('2001:db8:78::9'), await from('')]).toEqual([401, 401, 401])
  })

  it('401 for a secret that is guessed, cut, lengthened, or put together from two', async () => {
    const { secret } = await keyOf(practice)
    const other = await keyOf(await newPractice())
    const [place = '', key = '', random = ''] = secret.split('.')
    const [otherPlace = '', otherKey = '', otherRandom = ''] = other.secret.split('.')
    for (const forged of [
      `${place}.${key}.${randomBytes(32).toString('base64url')}`,
      `${place}.${key}.${otherRandom}`,
      `${otherPlace}.${key}.${random}`,
      `${otherPlace}.${otherKey}.${random}`,
      `${place}.${otherKey}.${random}`,
      `${place}.${key}.${random.slice(1)}`,
      `${place}.${key}.${random}A`,
      `${secret} ${secret}`,
      `${secret},${secret}`,
      `${secret}=`,
      secret.slice(4),
      secret.toLowerCase(),
      'hvn_',
      '',
      'A'.repeat(100_000),
    ]) {
      const { status, body } = await withBearer(forged)('patients.list')
      expect([forged.slice(0, 60), status, body.code]).toEqual([forged.slice(0, 60), 401, 'token-refused'])
    }
  })

  it('400 beside a cookie: one of the two might not be the caller’s own', async () => {
    const { secret } = await keyOf(practice)
    const { token } = await practice.as('admin')
    for (const id of ['patients.list', 'sessions.current']) {
      const answer = await call(id, { token, headers: { authorization: `Bearer ${secret}` } })
      expect([answer.status, answer.body.code]).toEqual([400, 'malformed-request'])
    }
  })

  it('401 for another scheme, and as a cookie', async () => {
    const { secret } = await keyOf(practice)
    const basic = `Basic ${Buffer.from(`x:${secret}`).toString('base64')}`
    expect((await call('patients.list', { headers: { authorization: basic } })).status).toBe(401)
    expect((await call('patients.list', { cookies: [`__Host-sid=${secret}`] })).status).toBe(401)
    expect((await call('patients.list', { headers: { authorization: `bearer ${secret}` } })).status).toBe(200)
  })

  it('429 for forgers, who are counted by their address', async () => {
    const sourceIp = freshAddress()
    const [place, key] = (await keyOf(practice)).secret.split('.')
    const forged = () => withBearer(`${place}.${key}.${randomBytes(32).toString('base64url')}`)
    const moment = Math.floor(Date.now() / 60_000) * 60_000 + 60_000
    const answers: number[] = []
    await at(moment, async () => {
      for (let batch = 0; batch < 31; batch++) {
        const each = await Promise.all(Array.from({ length: 10 }, () => forged()('patients.list', { sourceIp })))
        answers.push(...each.map(({ status }) => status))
      }
    })
    expect(answers.filter(status => status === 401)).toHaveLength(300)
    expect(answers.filter(status => status === 429)).toHaveLength(10)
  })

  it.each([
    ['low', 60],
    ['standard', 600],
    ['high', 2_400],
  ] as const)('RateLimit of a %s key is %i requests a minute', async (limit, quota) => {
    const { call } = await keyOf(practice, { limit })
    const { headers } = await call('patients.list')
    expect(headers['ratelimit-policy']).toBe(`"api-key";q=${quota};w=60`)
    expect(headers.ratelimit).toMatch(new RegExp(`^"api-key";r=${quota - 1};`))
  })

  it('429 after its own quota, and another key goes on', async () => {
    const { call } = await keyOf(practice, { limit: 'low' })
    const other = await keyOf(practice)
    const moment = Math.floor(Date.now() / 60_000) * 60_000 + 60_000
    await at(moment, async () => {
      const statuses = (await Promise.all(Array.from({ length: 62 }, () => call('patients.list')))).map(
        ({ status }) => status,
      )
      expect(statuses.filter(status => status === 200)).toHaveLength(60)
      expect(statuses.filter(status => status === 429)).toHaveLength(2)
      expect((await other.call('patients.list')).status).toBe(200)
    })
  })

  it('notes its last use, at most every five minutes, and as no version of it', async () => {
    const { key, call } = await keyOf(practice)
    const stored = async () => (await itemsAt(`APIKEY#${practice.practice.practiceId}#${key.keyId}`))[0]
    const first = plus(key.createdAt, 60_000)
    await at(first, () => call('patients.list'))
    expect(await stored()).toMatchObject({ lastUsedAt: first, version: 1 })
    await at(plus(first, 299_999), () => call('patients.list'))
    expect(await stored()).toMatchObject({ lastUsedAt: first })
    await at(plus(first, 300_000), () => call('patients.list'))
    expect(await stored()).toMatchObject({ lastUsedAt: plus(first, 300_000), version: 1 })
  })
})
