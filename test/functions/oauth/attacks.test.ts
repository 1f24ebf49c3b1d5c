import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { readToken, signToken, thumbprint } from '../../../shared/domain/oauth/jwt.ts'
import type { AccessTokenClaims, SigningKey } from '../../../shared/schema/oauth.ts'
import { appOf, currentKey, ensureSigning, keyOf, tokenOf, withBearer } from '../../harness/clients.ts'
import { at } from '../../harness/clock.ts'
import { itemsLike, newPractice, type TestPractice } from '../../harness/index.ts'

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('an access token on its way through the pipeline', () => {
  let practice: TestPractice
  let other: TestPractice
  let ours: SigningKey
  let claims: AccessTokenClaims
  beforeAll(async () => {
    await ensureSigning()
    ;[practice, other] = await Promise.all([newPractice(), newPractice()])
    ours = await currentKey()
    const { secret } = await keyOf(practice)
    claims = readToken(await tokenOf(secret))?.claims as AccessTokenClaims
  })

  const refused = async (token: string) => {
    const { status, body } = await withBearer(token)('patients.list')
    expect([token.slice(0, 80), status, body.code]).toEqual([token.slice(0, 80), 401, 'token-refused'])
  }
  const foreign = (kid?: string): SigningKey => {
    const {
      x = '',
      y = '',
      d = '',
    } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
      format: 'jwk',
    })
    return { ...ours, x, y, d, kid: kid ?? thumbprint({ x, y }) }
  }

  it('200 when it is ours', async () => {
    expect((await withBearer(signToken(claims, ours))('patients.list')).status).toBe(200)
  })

  it('401 signed by a key that is not published, under its own name or under ours', async () => {
    await refused(signToken(claims, foreign()))
    await refused(signToken(claims, foreign(ours.kid)))
  })

  it('401 with alg none, or an HMAC under the public key', async () => {
    const content = base64(claims)
    await refused(`${base64({ alg: 'none', typ: 'at+jwt', kid: ours.kid })}.${content}.`)
    const pem = createPublicKey({
      key: { kty: 'EC', crv: 'P-256', x: ours.x, y: ours.y },
      format: 'jwk',
    }).export({ format: 'pem', type: 'spki' })
    for (const alg of ['HS256', 'ES256']) {
      const signed = `${base64({ alg, typ: 'at+jwt', kid: ours.kid })}.${content}`
      const mac = createHmac('sha256', pem).update(signed).digest()
      await refused(`${signed}.${Buffer.concat([mac, mac]).toString('base64url')}`)
    }
  })

  it('401 with a key or a place of keys in its header, well signed by them', async () => {
    const { x, y, d } = foreign()
    const [, content, signature] = signToken(claims, { ...ours, x, y, d }).split('.')
    for (const more of [
      { jwk: { kty: 'EC', crv: 'P-256', x, y } },
      { jku: 'https://evil.example/jwks' },
      { x5c: [x] },
    ]) {
      await refused(`${base64({ alg: 'ES256', typ: 'at+jwt', kid: ours.kid, ...more })}.${content}.${signature}`)
    }
  })

  it.each([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'https://evil.example' }],
    ['an end that is past', { exp: 1 }],
    ['a beginning that is to come', { nbf: 4_000_000_000 }],
  ])('401 with %s', async (_, change) => {
    await refused(signToken({ ...claims, ...change }, ours))
  })

  it('401 five and a half minutes after it was made, and not before', async () => {
    const token = signToken(claims, ours)
    const end = claims.exp * 1_000 + 30_000
    expect((await at(end - 1, () => withBearer(token)('patients.list'))).status).toBe(200)
    await at(end, () => refused(token))
  })

  it("401 with another practice's name in it, however well it is signed: the key lies elsewhere", async () => {
    await refused(signToken({ ...claims, practice: other.practice.practiceId }, ours))
  })

  it('404 with more scopes than the key has, however well it is signed', async () => {
    const { secret } = await keyOf(practice, { scopes: ['claim:read'] })
    const narrow = readToken(await tokenOf(secret))?.claims as AccessTokenClaims
    const wide = signToken({ ...narrow, scope: 'claim:read patient:read api-key:manage' }, ours)
    expect((await withBearer(wide)('patients.list')).body.code).toBe('forbidden')
    expect((await withBearer(wide)('apikeys.list')).status).toBe(401)
  })

  it("401 for a user's token that points at another's session, at another sign-in, or at a browser's", async () => {
    const client = await practice.as('practitioner')
    const mine = readToken((await appOf(client)).access)?.claims as AccessTokenClaims
    const theirs = readToken((await appOf(await practice.as('admin'))).access)?.claims as AccessTokenClaims
    const own = await appOf(client)
    const second = readToken(own.access)?.claims as AccessTokenClaims
    const [browser] = (await itemsLike('SESSION#')).filter(
      ({ userId, native }) => userId === client.user.userId && !native,
    )
    await refused(signToken({ ...mine, session_hash: theirs.session_hash }, ours))
    await refused(signToken({ ...mine, sub: theirs.sub }, ours))
    await refused(signToken({ ...mine, sid: second.sid }, ours))
    await refused(signToken({ ...mine, client_id: 'haven-mobile' }, ours))
    await refused(signToken({ ...mine, session_hash: undefined }, ours))
    await refused(
      signToken({ ...mine, session_hash: String(browser?.tokenHash), sid: String(browser?.sessionId) }, ours),
    )
    expect((await withBearer(signToken(mine, ours))('patients.list')).status).toBe(200)
  })

  it('401 when it is huge or no token at all', async () => {
    for (const token of ['a.b.c', 'eyJ.eyJ.', '..', 'A'.repeat(200_000), `${'a'.repeat(3_000)}.b.c`])
      await refused(token)
  })
})
