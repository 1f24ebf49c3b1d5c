import { createHmac, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { readToken, signToken, thumbprint } from '../../shared/domain/oauth/jwt.ts'
import type { AccessTokenClaims, SigningKey } from '../../shared/schema/oauth.ts'
import { publicKeyKey, signingKeys } from '../../shared/store/signingKeys.ts'
import { open, sampleOf } from '../generated/samples.ts'
import { codeFor, currentKey, ensureSigning, keyOf } from '../harness/clients.ts'
import { itemsAt, newPractice, plant, type TestPractice, unplant } from '../harness/index.ts'
import { type Answer, fire, freshAddress, inTurn, type Shot, shotOf, tally, volley, warm } from './attacker.ts'
import { expectRecorded } from './denials.ts'

let practice: TestPractice
let other: TestPractice
let ours: SigningKey
let claims: AccessTokenClaims
let genuine: string

const code = ({ status, body }: Answer): string => `${status} ${body?.code ?? ''}`.trim()
const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one)
const bearing = (token: string, more: Partial<Shot> = {}): Shot => ({
  path: '/patients',
  ...more,
  headers: { authorization: `Bearer ${token}`, ...more.headers },
})
const asking = (fields: Record<string, string>): Shot => ({
  method: 'POST',
  path: '/oauth/token',
  raw: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
})
const tokenFor = async (secret: string): Promise<string> => {
  const { status, body } = await fire(asking({ grant_type: 'client_credentials', client_secret: secret }))
  expect(status).toBe(200)
  return body.access_token
}

beforeAll(async () => {
  await ensureSigning()
  ;[practice, other] = [await newPractice(), await newPractice()]
  ours = await currentKey()
  genuine = await tokenFor((await keyOf(practice)).secret)
  claims = readToken(genuine)?.claims as AccessTokenClaims
})

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const pair = () => {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  })
  return { x, y, d }
}
/** A key of the attacker's own, under its own name or another. */
const foreign = (kid?: string): SigningKey => {
  const made = pair()
  return { ...ours, ...made, kid: kid ?? thumbprint(made) }
}
/** Any header over our claims, well signed by our own key: so only the header can be what is refused. */
const headed = (header: object): string => {
  const signed = `${base64({ alg: 'ES256', typ: 'at+jwt', kid: ours.kid, ...header })}.${base64(claims)}`
  const key = { key: { kty: 'EC', crv: 'P-256', x: ours.x, y: ours.y, d: ours.d }, format: 'jwk' } as const
  return `${signed}.${sign('sha256', Buffer.from(signed), { ...key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
/** An HMAC under the public key, as a verifier that lets the token choose would check it. */
const macd = (alg: string): string => {
  const jwk = { kty: 'EC', crv: 'P-256', x: ours.x, y: ours.y }
  const pem = createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'pem', type: 'spki' })
  const signed = `${base64({ alg, typ: 'at+jwt', kid: ours.kid })}.${base64(claims)}`
  return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`
}
/** What a rotation publishes of a key. */
const publication = ({ kid, x, y }: SigningKey) =>
  signingKeys({ now: new Date().toJSON(), signal: AbortSignal.timeout(10_000) }).publish({ kid, x, y }).request
    .Item as Record<string, unknown>
const claiming = (change: Partial<Record<keyof AccessTokenClaims, unknown>>) =>
  signToken({ ...claims, ...change } as AccessTokenClaims, ours)
const seconds = () => Math.floor(Date.now() / 1_000)

const forgeries: [what: string, token: () => string][] = [
  ['is not signed', () => `${base64({ alg: 'none', typ: 'at+jwt', kid: ours.kid })}.${base64(claims)}.`],
  ['is not signed, in capitals', () => `${base64({ alg: 'NONE', typ: 'at+jwt', kid: ours.kid })}.${base64(claims)}.`],
  ['says ES256 and has no signature', () => `${genuine.split('.').slice(0, 2).join('.')}.`],
  ['is an HMAC under our public key', () => macd('HS256')],
  ['is an HMAC that says ES256', () => macd('ES256')],
  ["is signed by an attacker's key under its own name", () => signToken(claims, foreign())],
  ["is signed by an attacker's key under our name", () => signToken(claims, foreign(ours.kid))],
  ['carries its key', () => headed({ jwk: { kty: 'EC', crv: 'P-256', ...pair() } })],
  ['says where its keys are', () => headed({ jku: 'http://127.0.0.1:9/jwks' })],
  ['says where its certificate is', () => headed({ x5u: 'http://127.0.0.1:9/x' })],
  ['asks for an extension', () => headed({ crit: ['exp'], exp: 1 })],
  ['names a file as its key', () => headed({ kid: '../../../../dev/null' })],
  ['names a query as its key', () => headed({ kid: "x' OR '1'='1" })],
  ['names another item of the table as its key', () => headed({ kid: `${ours.kid}#x` })],
  ['names no key', () => headed({ kid: undefined })],
  ['is of another kind of token', () => headed({ typ: 'JWT' })],
  ['is an identity token by its kind', () => headed({ typ: 'id_token' })],
  ['is for another audience', () => claiming({ aud: 'https://evil.example' })],
  ['is for several audiences', () => claiming({ aud: [claims.aud, 'https://evil.example'] })],
  ['is from another issuer', () => claiming({ iss: 'https://evil.example' })],
  ['is from an issuer that begins like us', () => claiming({ iss: `${claims.iss}.evil.example` })],
  ['has expired', () => claiming({ exp: seconds() - 31, iat: seconds() - 331, nbf: seconds() - 331 })],
  ['has no end', () => claiming({ exp: undefined })],
  ['has an end that is no number', () => claiming({ exp: '9999999999' })],
  ['begins tomorrow', () => claiming({ nbf: seconds() + 86_400 })],
  ["names another practice's", () => claiming({ practice: other.practice.practiceId })],
  ['names somebody as its subject', () => claiming({ sub: practice.users.admin.userId })],
  ['has a claim too many', () => claiming({ role: 'admin' } as never)],
  ['is spelt with padding', () => `${genuine}=`],
  ['is spelt with other last bits', () => genuine.slice(0, -1) + (genuine.endsWith('A') ? 'B' : 'A')],
  ['has a fourth part', () => `${genuine}.${genuine.split('.')[2]}`],
  ['is huge', () => `${'a'.repeat(9_000)}.b.c`],
]

describe('an access token', () => {
  it('of our own is taken, also one that this test signed: so what is refused below is refused for what it is', async () => {
    expect((await fire(bearing(genuine))).status).toBe(200)
    expect((await fire(bearing(headed({})))).status).toBe(200)
    expect((await fire(bearing(claiming({})))).status).toBe(200)
  })

  it.each(forgeries)('that %s is refused', async (_, token) => {
    expect(code(await fire(bearing(token())))).toMatch(
      /^(401 (token-refused|unauthenticated)|400 malformed-request|431)$/,
    )
  })

  it('signed by a key that was retired is refused, and by one that is published it is taken', async () => {
    const [published, retired] = [foreign(), foreign()]
    for (const key of [published, retired]) await plant(publication(key))
    await unplant(publicKeyKey(retired.kid))
    expect((await fire(bearing(signToken(claims, published)))).status).toBe(200)
    expect(code(await fire(bearing(signToken(claims, retired))))).toMatch(/^401 /)
    await unplant(publicKeyKey(published.kid))
  })

  it('gives no more than its key, whatever scope it claims', async () => {
    const narrow = await tokenFor((await keyOf(practice, { scopes: ['claim:read'] })).secret)
    const own = readToken(narrow)?.claims as AccessTokenClaims
    const wide = signToken({ ...own, scope: 'claim:read patient:read' }, ours)
    expect(code(await fire(bearing(wide)))).toBe('404 forbidden')
  })

  it('reads nothing of another practice, by any action that programs may call', async () => {
    const { secret } = await keyOf(practice, { scopes: open.map(({ declaration }) => declaration.allow) as never })
    const ids = other.patients.map(({ patientId }) => patientId)
    const answers = await inTurn(
      open.filter(({ id }) => /get|list/.test(id)),
      ({ id }) =>
        fire(
          bearing(
            secret,
            shotOf(id, JSON.parse(JSON.stringify(sampleOf(id)).replace(/pat_[0-9A-Z]{20}/g, ids[0] ?? ''))),
          ),
        ),
    )
    expect(
      answers.filter(({ text }) => text.includes(other.practice.practiceId)).map(({ asked }) => asked.path),
    ).toEqual([])
    expect(answers.filter(({ status }) => status >= 500).map(code)).toEqual([])
  })
})

describe('an API key', () => {
  it('is taken in no other place: not as a cookie, in the address, as Basic, twice, or beside a session', async () => {
    const { secret } = await keyOf(practice)
    const { token } = await practice.as('admin')
    const basic = Buffer.from(`x:${secret}`).toString('base64')
    const shots: Shot[] = [
      { path: '/patients', headers: { cookie: `__Host-sid=${secret}` } },
      { path: `/patients?access_token=${secret}` },
      { path: `/patients?api_key=${secret}` },
      { path: '/patients', headers: { 'x-api-key': secret } },
      { path: '/patients', headers: { authorization: `Basic ${basic}` } },
      { path: '/patients', headers: { authorization: secret } },
      { path: '/patients', headers: { authorization: `Bearer ${secret}, Bearer ${secret}` } },
      bearing(secret, { token }),
    ]
    const answers = await inTurn(shots, fire)
    expect(answers.map(({ status }) => status).filter(status => ![400, 401].includes(status))).toEqual([])
  })

  it('is worth nothing in part, or with another practice or key in front of its secret', async () => {
    const [mine, theirs] = [await keyOf(practice), await keyOf(other)]
    const [head = '', key = '', secret = ''] = mine.secret.split('.')
    const [otherHead = '', otherKey = ''] = theirs.secret.split('.')
    const mixed = [
      [otherHead, key, secret],
      [otherHead, otherKey, secret],
      [head, otherKey, secret],
      [head, key],
      [head, key, ''],
    ]
    for (const parts of mixed) expect((await fire(bearing(parts.join('.')))).status, parts.join('.')).toBe(401)
    expect((await fire(bearing(mine.secret))).status).toBe(200)
  })

  it('for some addresses works from them alone, whatever a header says', async () => {
    const { secret } = await keyOf(practice, { addresses: ['127.77.0.0/16'] })
    const lie = {
      'x-forwarded-for': '127.77.0.1',
      'cloudfront-viewer-address': '127.77.0.1:1',
      forwarded: 'for=127.77.0.1',
    }
    expect((await fire(bearing(secret, { from: '127.77.3.4' }))).status).toBe(200)
    expect(code(await fire(bearing(secret, { from: '127.78.0.1', headers: lie })))).toBe('401 token-refused')
    const token = await fire({
      ...asking({ grant_type: 'client_credentials', client_secret: secret }),
      from: '127.78.0.1',
    })
    expect(code(token)).toBe('401 invalid-client')
  })

  it('that is over is refused, to the second', async () => {
    const edge = new Date(Date.now() + 2_000).toJSON()
    const { secret } = await keyOf(practice, { expiresAt: edge })
    expect((await fire(bearing(secret))).status).toBe(200)
    await new Promise(done => setTimeout(done, Date.parse(edge) - Date.now()))
    expect(code(await fire(bearing(secret)))).toBe('401 token-refused')
  })

  it('and its tokens pass no request that is made after the answer to its revocation, however many are under way', async () => {
    await warm('GET', '/patients', 8)
    const { key, secret } = await keyOf(practice)
    const token = await tokenFor(secret)
    const { token: admin } = await practice.as('admin')
    let revokedAt = Number.POSITIVE_INFINITY
    const late: string[] = []
    const users = times(8, 0).map(async (_, index) => {
      for (let after = 0; after < 3; ) {
        const asked = performance.now()
        const answer = await fire(bearing(index % 2 ? token : secret))
        if (asked < revokedAt) continue
        after++
        if (code(answer) !== '401 token-refused') late.push(code(answer))
      }
    })
    const revoked = await fire({ method: 'DELETE', path: `/api-keys/${key.keyId}`, token: admin })
    revokedAt = performance.now()
    expect(revoked.status).toBe(204)
    await Promise.all(users)
    expect(late).toEqual([])
    expect(code(await fire(asking({ grant_type: 'client_credentials', client_secret: secret })))).toBe(
      '401 invalid-client',
    )
  })

  it('rotated by eight at one moment has one secret afterwards: none of another rotation stands beside it', async () => {
    const { key, secret: first } = await keyOf(practice)
    const { token } = await practice.as('admin')
    const path = `/api-keys/${key.keyId}/rotation`
    await warm('POST', path, 8)
    const answers = await volley(times(8, { method: 'POST', path, token, body: { overlapMinutes: 0 } }))
    const made = answers.filter(({ status }) => status < 300)
    expect(answers.filter(({ status }) => ![200, 201, 409].includes(status)).map(code)).toEqual([])
    const secrets = [first, ...made.map(({ body }) => body.secret as string)]
    const taken = await inTurn(secrets, async secret => (await fire(bearing(secret))).status)
    expect(made.length).toBeGreaterThan(0)
    expect(taken.filter(status => status === 200).length, JSON.stringify(tally(answers))).toBe(1)
  })
})

describe('the sign-in of a native app', () => {
  const refresh = (token: string) =>
    asking({ grant_type: 'refresh_token', client_id: 'haven-desktop', refresh_token: token })

  it('with one code, ten times at one moment, opens one session; with a wrong verifier none', async () => {
    const { fields } = await codeFor(await practice.as('practitioner'))
    expect(code(await fire(asking({ ...fields, code_verifier: 'A'.repeat(43) })))).toBe('400 invalid-grant')
    expect(code(await fire(asking({ ...fields, redirect_uri: 'https://evil.example/callback' })))).toBe(
      '400 invalid-grant',
    )
    await warm('POST', '/oauth/token', 10)
    const answers = await volley(times(10, asking(fields)))
    expect(answers.filter(({ status }) => status === 200).length, JSON.stringify(tally(answers))).toBe(1)
    expect(code(await fire(asking(fields)))).toBe('400 invalid-grant')
  })

  it('has a refresh token that is no cookie and no bearer, and ends when it comes back after its grace', async () => {
    const { practiceId, userId } = practice.users.practitioner
    const { fields } = await codeFor(await practice.as('practitioner'))
    const { body } = await fire(asking(fields))
    const token = body.refresh_token as string
    expect((await fire({ path: '/sessions/current', headers: { cookie: `__Host-sid=${token}` } })).status).toBe(401)
    expect((await fire(bearing(token))).status).toBe(401)
    const answers = await volley(times(10, refresh(token)))
    expect(answers.filter(({ status }) => ![200, 409].includes(status)).map(code)).toEqual([])
    const heirs = answers.filter(({ status }) => status === 200).map(answer => answer.body)
    expect(heirs.length).toBeGreaterThan(0)
    const tokens = await itemsAt(`SESSION#${practiceId}#${userId}`)
    for (const item of tokens.filter(({ native, graceUntil }) => native && graceUntil)) {
      await plant({ ...item, graceUntil: new Date(Date.now() - 1).toJSON() })
    }
    expect(code(await fire(refresh(token)))).toBe('400 invalid-grant')
    for (const heir of heirs) {
      expect(code(await fire(refresh(heir.refresh_token)))).toBe('400 invalid-grant')
      expect(code(await fire(bearing(heir.access_token)))).toBe('401 token-refused')
    }
  })

  it('ends with its user at the next request: an access token that is signed lives no longer', async () => {
    const { fields } = await codeFor(await practice.as('biller'))
    const { body } = await fire(asking(fields))
    expect((await fire(bearing(body.access_token, { path: '/payers' }))).status).toBe(200)
    const { token } = await practice.as('admin')
    const path = `/users/${practice.users.biller.userId}/disable`
    expect((await fire({ method: 'POST', path, token, from: freshAddress() })).status).toBeLessThan(300)
    expect(code(await fire(bearing(body.access_token, { path: '/payers' })))).toBe('401 token-refused')
    expect(code(await fire(refresh(body.refresh_token)))).toBe('400 invalid-grant')
  })
})

it('the trail holds every denial', () => expectRecorded(practice.practice.practiceId, other.practice.practiceId))
