import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { AccessTokenClaims, KeyId, type PublicKey, type SigningKey } from '../../schema/oauth.ts'
import type { Instant } from '../../schema/time.ts'

/** Seconds for which an access token is good: what is taken away is gone by then whoever does not ask us (RFC 9068 §2.2). */
export const accessTokenSeconds = 300

/** Seconds by which clocks may differ. */
const skew = 30

/** The longest token that is looked at; ours have some 700 characters and their scopes. */
const longest = 4_096

/** A token of our form whose signature has not been looked at: nothing in it is to be believed yet. */
export interface ReadToken {
  kid: string
  claims: AccessTokenClaims
  signed: string
  signature: Buffer
}

/**
 * Reads a JWT as we make it, and nothing else. The algorithm is ES256 and the type at+jwt (RFC 8725 §3.1, §3.11); a header with
 * any other member, such as `jwk`, `jku`, `x5u` or `crit`, is refused; so are base64url and JSON in another spelling than
 * ours, which leaves no room for a claim that stands twice.
 */
export function readToken(token: string): ReadToken | undefined {
  if (token.length > longest) return undefined
  const [head = '', body = '', tail = '', ...more] = token.split('.')
  const [header, content, signature] = [decode(head), decode(body), decode(tail)]
  if (more.length > 0 || !header || !content || signature?.length !== 64) return undefined
  const { alg, typ, kid, ...others } = readJson(header) ?? {}
  if (alg !== 'ES256' || typ !== 'at+jwt' || Object.keys(others).length > 0) return undefined
  const name = KeyId.safeParse(kid)
  const claims = AccessTokenClaims.safeParse(readJson(content))
  if (!name.success || !claims.success) return undefined
  return { kid: name.data, claims: claims.data, signed: `${head}.${body}`, signature }
}

export const isSigned = ({ signed, signature }: ReadToken, key: KeyObject): boolean =>
  verify('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }, signature)

/** Whether a token is from us, for us, and of now (RFC 9068 §4). */
export function isForUs({ iss, aud, exp, nbf, iat }: AccessTokenClaims, issuer: string, now: Instant): boolean {
  const seconds = Date.parse(now) / 1_000
  return iss === issuer && aud === issuer && exp + skew > seconds && nbf - skew <= seconds && iat - skew <= seconds
}

export function signToken(claims: AccessTokenClaims, { kid, x, y, d }: SigningKey): string {
  const key = createPrivateKey({ key: { ...curve, x, y, d }, format: 'jwk' })
  const signed = `${encode({ alg: 'ES256', typ: 'at+jwt', kid })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

export const publicKeyOf = ({ x, y }: PublicKey): KeyObject =>
  createPublicKey({ key: { ...curve, x, y }, format: 'jwk' })

/** RFC 7638 §3: the members that make the key, in the order of their names. */
export const thumbprint = ({ x, y }: { x: string; y: string }): string =>
  createHash('sha256')
    .update(JSON.stringify({ crv: curve.crv, kty: curve.kty, x, y }))
    .digest('base64url')

/** Who issues our tokens and takes them: the API, at the origin that the deployment names and no request can. */
export const issuerAt = (origin: string): string => `${origin}/api/v1`

export const curve = { kty: 'EC', crv: 'P-256' } as const

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Strict base64url: Node reads other alphabets, padding and trailing bits too, and two texts would be one token. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return text !== '' && bytes.toString('base64url') === text ? bytes : undefined
}

function readJson(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const text = bytes.toString()
    const value: unknown = JSON.parse(text)
    const ours = typeof value === 'object' && value !== null && !Array.isArray(value) && JSON.stringify(value) === text
    return ours ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
