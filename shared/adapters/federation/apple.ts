import { sign } from 'node:crypto'
import type { OfKind } from './providers.ts'

/** Seconds that a client secret is good for: one exchange. Apple allows half a year. */
const life = 300

/** Apple's client secret: a JWT that we sign with our key, ES256, made anew for each exchange so that none lies about. */
export function appleClientSecret(
  { teamId, keyId, clientId, applePrivateKey }: OfKind<'apple'>,
  issuer: string,
  now: string,
): string {
  const iat = Math.floor(Date.parse(now) / 1_000)
  const header = { alg: 'ES256', kid: keyId, typ: 'JWT' }
  const claims = { iss: teamId, iat, exp: iat + life, aud: issuer, sub: clientId }
  const input = [header, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  // RFC 7518 §3.4: the two numbers side by side, not DER.
  const signature = sign('sha256', Buffer.from(input), { key: applePrivateKey, dsaEncoding: 'ieee-p1363' })
  return `${input}.${signature.toString('base64url')}`
}
