import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  isForUs,
  isSigned,
  publicKeyOf,
  readToken,
  signToken,
  thumbprint,
} from '../../../../shared/domain/oauth/jwt.ts'
import { mayRedirect } from '../../../../shared/domain/oauth/nativeClients.ts'
import { isVerifier } from '../../../../shared/domain/oauth/pkce.ts'
import type { AccessTokenClaims, SigningKey } from '../../../../shared/schema/oauth.ts'

function newKey(): SigningKey {
  const {
    x = '',
    y = '',
    d = '',
  } = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })
  return { kid: thumbprint({ x, y }), x, y, d, stage: 'current', since: '2026-01-01T00:00:00.000Z' }
}

const key = newKey()
const publicKey = publicKeyOf({ ...key, publishedAt: key.since, version: 1 })
const now = '2026-06-01T12:00:00.000Z'
const seconds = Date.parse(now) / 1_000
const issuer = 'https://portal.example/api/v1'
const claims: AccessTokenClaims = {
  iss: issuer,
  aud: issuer,
  exp: seconds + 300,
  nbf: seconds,
  iat: seconds,
  jti: 'one',
  sub: 'key_0APXKEY0000000000000',
  client_id: 'key_0APXKEY0000000000000',
  scope: 'patient:read',
  practice: 'prc_0PRACTXCE00000000000' as AccessTokenClaims['practice'],
}
const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const right = { alg: 'ES256', typ: 'at+jwt', kid: key.kid }

/** A token of any header and any content, signed as it should be with our own key: whatever is wrong is what it says. */
function made(header: unknown, content: unknown = claims): string {
  const signed = `${base64(header)}.${base64(content)}`
  const privateKey = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x: key.x, y: key.y, d: key.d }, format: 'jwk' })
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

const accepted = (token: string): boolean => {
  const read = readToken(token)
  return read !== undefined && isSigned(read, publicKey) && isForUs(read.claims, issuer, now)
}

describe('an access token', () => {
  const token = signToken(claims, key)

  it('is taken as it was made, and says what it was made of', () => {
    expect(accepted(token)).toBe(true)
    expect(accepted(made(right))).toBe(true)
    expect(readToken(token)).toMatchObject({ kid: key.kid, claims })
  })

  it.each([
    ['none', { ...right, alg: 'none' }],
    ['None', { ...right, alg: 'None' }],
    ['ES384', { ...right, alg: 'ES384' }],
    ['RS256', { ...right, alg: 'RS256' }],
    ['a list of algorithms', { ...right, alg: ['ES256'] }],
    ['no algorithm', { typ: 'at+jwt', kid: key.kid }],
    ['the type of an ID token', { ...right, typ: 'JWT' }],
    ['the type in another spelling', { ...right, typ: 'AT+JWT' }],
    ['no type', { alg: 'ES256', kid: key.kid }],
    ['a key of its own', { ...right, jwk: { kty: 'EC', crv: 'P-256', x: key.x, y: key.y } }],
    ['a place of keys', { ...right, jku: 'https://evil.example/jwks' }],
    ['a certificate’s place', { ...right, x5u: 'https://evil.example/cert' }],
    ['a certificate', { ...right, x5c: ['MIIB'] }],
    ['a critical extension', { ...right, crit: ['b64'], b64: false }],
    ['a way out of the set', { ...right, kid: '../../../../etc/passwd' }],
    ['another partition', { ...right, kid: 'JWK#other#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }],
    ['an injection', { ...right, kid: "' OR 1=1 --" }],
    ['a key that is no text', { ...right, kid: { kid: key.kid } }],
    ['no key', { alg: 'ES256', typ: 'at+jwt' }],
    ['a prototype', JSON.parse(`{"alg":"ES256","typ":"at+jwt","kid":"${key.kid}","__proto__":{"alg":"none"}}`)],
    ['no header', null],
    ['a list', [right]],
  ])('is refused with %s in its header, well signed though it is', (_, header) => {
    expect(readToken(made(header))).toBeUndefined()
  })

  it('is refused without a signature, and with one by HMAC under the public key', () => {
    const [head = '', body = ''] = token.split('.')
    expect(readToken(`${head}.${body}.`)).toBeUndefined()
    expect(readToken(`${base64({ alg: 'none', typ: 'at+jwt', kid: key.kid })}.${body}.`)).toBeUndefined()
    const pem = createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })).export({
      format: 'pem',
      type: 'spki',
    })
    for (const header of [{ ...right, alg: 'HS256' }, right]) {
      const signed = `${base64(header)}.${body}`
      const mac = createHmac('sha256', pem).update(signed).digest()
      expect(accepted(`${signed}.${mac.toString('base64url')}`)).toBe(false)
      expect(accepted(`${signed}.${Buffer.concat([mac, mac]).toString('base64url')}`)).toBe(false)
    }
  })

  it('is refused when signed by another key, whatever it calls itself', () => {
    expect(accepted(signToken(claims, { ...newKey(), kid: key.kid }))).toBe(false)
  })

  it('is refused with a signature of zeros (CVE-2022-21449), or in DER', () => {
    const [head, body] = token.split('.')
    expect(accepted(`${head}.${body}.${Buffer.alloc(64).toString('base64url')}`)).toBe(false)
    const der = sign('sha256', Buffer.from(`${head}.${body}`), {
      key: createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x: key.x, y: key.y, d: key.d }, format: 'jwk' }),
    })
    expect(accepted(`${head}.${body}.${der.toString('base64url')}`)).toBe(false)
  })

  it.each([
    ['another issuer', { iss: 'https://evil.example/api/v1' }],
    ['an issuer that only begins like ours', { iss: `${issuer}/` }],
    ['another audience', { aud: 'https://other.example' }],
    ['an end more than half a minute ago', { exp: seconds - 30 }],
    ['a beginning more than half a minute away', { nbf: seconds + 31 }],
    ['an issue in the future', { iat: seconds + 31 }],
  ])('is refused with %s', (_, change) => {
    expect(accepted(signToken({ ...claims, ...change }, key))).toBe(false)
  })

  it('is taken by clocks that differ by less than half a minute', () => {
    expect(accepted(signToken({ ...claims, exp: seconds - 29 }, key))).toBe(true)
    expect(accepted(signToken({ ...claims, nbf: seconds + 30, iat: seconds + 30 }, key))).toBe(true)
  })

  it.each([
    ['an audience that is a list', { ...claims, aud: [issuer, 'https://evil.example'] }],
    ['an end that is a text', { ...claims, exp: String(claims.exp) }],
    ['an end without end', { ...claims, exp: 1e308 }],
    ['no end', { ...claims, exp: undefined }],
    ['a claim that we do not make', { ...claims, role: 'admin' }],
    ['a practice that is none', { ...claims, practice: 'prc_1' }],
    ['a claim that stands twice', `{"scope":"api-key:manage",${JSON.stringify(claims).slice(1)}`],
    [
      'a claim that stands twice, spelled otherwise',
      `{"\\u0073cope":"api-key:manage",${JSON.stringify(claims).slice(1)}`,
    ],
    ['room between its claims', JSON.stringify(claims, null, 1)],
    ['what is no JSON', '{"iss":'],
    ['a byte order mark', `\ufeff${JSON.stringify(claims)}`],
    ['nothing', ''],
  ])('is refused with %s', (_, content) => {
    expect(readToken(made(right, content))).toBeUndefined()
  })

  it('is refused in another spelling of base64url', () => {
    const [head = '', body = '', signature = ''] = token.split('.')
    const last = signature.slice(-1)
    // The last character of 64 bytes carries four bits too many: three other characters read the same.
    const alias = String.fromCharCode(last.charCodeAt(0) + 1)
    for (const other of [
      `${token}=`,
      `${head}=.${body}.${signature}`,
      `${head}.${body}.${signature.slice(0, -1)}${alias}`,
      `${head}.${body}\n.${signature}`,
      `${head}.${body}.${signature} `,
      ` ${token}`,
      token.replaceAll('.', ','),
      `${token}.${signature}`,
      `${head}..${body}.${signature}`,
      `${head}.${body.replace(/^e/, 'e%')}.${signature}`,
      `${Buffer.from(JSON.stringify(right)).toString('base64')}==.${body}.${signature}`,
    ]) {
      expect(readToken(other), other.slice(-20)).toBeUndefined()
    }
  })

  it('is refused when it is huge, without being read', () => {
    expect(readToken(signToken({ ...claims, scope: 'a'.repeat(5_000) }, key))).toBeUndefined()
    expect(readToken('A'.repeat(1_000_000))).toBeUndefined()
    expect(readToken('.'.repeat(4_096))).toBeUndefined()
  })

  it('names its key by the thumbprint of RFC 7638', () => {
    const x = 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU'
    const y = 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0'
    expect(thumbprint({ x, y })).toBe('oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U')
  })
})

describe('a native app', () => {
  it.each([
    ['haven-desktop', 'http://127.0.0.1:51004/callback', true],
    ['haven-desktop', 'http://[::1]:1/callback', true],
    ['haven-mobile', 'org.haven.app:/callback', true],
    ['haven-desktop', 'http://localhost:51004/callback', false],
    ['haven-desktop', 'http://127.0.0.1/callback', false],
    ['haven-desktop', 'https://127.0.0.1:51004/callback', false],
    ['haven-desktop', 'http://127.0.0.1:51004/callback/../other', false],
    ['haven-desktop', 'http://127.0.0.1:51004/callback?next=evil', false],
    ['haven-desktop', 'http://127.0.0.1:51004@evil.example/callback', false],
    ['haven-desktop', 'http://127.0.0.1.evil.example:80/callback', false],
    ['haven-desktop', 'http://127.0.0.1:51004/callback\n', false],
    ['haven-desktop', 'org.haven.app:/callback', false],
    ['haven-mobile', 'org.haven.app:/callback2', false],
    ['haven-mobile', 'http://127.0.0.1:51004/callback', false],
    ['constructor', 'http://127.0.0.1:51004/callback', false],
    ['haven-other', 'http://127.0.0.1:51004/callback', false],
  ])('%s at %s: %s', (client, uri, own) => {
    expect(mayRedirect(client, uri)).toBe(own)
  })

  it('shows the verifier of its challenge (RFC 7636, appendix B)', () => {
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    expect(isVerifier('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk', challenge)).toBe(true)
    expect(isVerifier('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl', challenge)).toBe(false)
    expect(isVerifier('', challenge)).toBe(false)
    // No plain method: the challenge is not its own verifier.
    expect(isVerifier(challenge, challenge)).toBe(false)
  })
})
