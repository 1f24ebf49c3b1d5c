import * as z from 'zod'
import { PracticeId } from './ids.ts'
import { Ticket } from './tickets.ts'
import { Instant } from './time.ts'

/** A key's name: its RFC 7638 thumbprint, so that a name can mean no other key. */
export const KeyId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a thumbprint')

/** The claims of an access token: those of RFC 9068 §2.2, the practice, and where the session of a native app lies. */
export const AccessTokenClaims = z.strictObject({
  iss: z.string(),
  aud: z.string(),
  exp: z.int(),
  nbf: z.int(),
  iat: z.int(),
  jti: z.string(),
  /** A user's id, or the API key's. */
  sub: z.string(),
  client_id: z.string(),
  scope: z.string(),
  practice: PracticeId,
  /** The session with which the token ends. */
  sid: z.string().optional(),
  /** The hash under which that session is stored: with it the session is read in the same round trip as its user. */
  session_hash: z.string().optional(),
})
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>

const point = { kid: KeyId, x: z.string(), y: z.string() }

/** The public half of a signing key on P-256, as the table has it: all that a verifier can read. */
export const PublicKey = z.object({ ...point, publishedAt: Instant, version: z.int().min(1) })
export type PublicKey = z.infer<typeof PublicKey>

/** A JWK of the published set (RFC 7517 §4). */
export const Jwk = z
  .strictObject({
    ...point,
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    use: z.literal('sig'),
    alg: z.literal('ES256'),
  })
  .meta({ id: 'Jwk' })

/** A signing key with its private half: pending, then current, then previous, then gone. */
export const SigningKey = z.strictObject({
  ...point,
  d: z.string(),
  stage: z.enum(['pending', 'current', 'previous']),
  /** Since when it has been at its stage. */
  since: Instant,
})
export type SigningKey = z.infer<typeof SigningKey>

/** What the secret `signing` holds. */
export const KeyRing = z.strictObject({ keys: z.array(SigningKey) })
export type KeyRing = z.infer<typeof KeyRing>

/** A code that lets a native app in, once: for whom, for which app, and what the app must show to use it (RFC 7636). */
export const AuthorizationCode = Ticket.extend({
  clientId: z.string(),
  redirectUri: z.string(),
  codeChallenge: z.string(),
  scopes: z.array(z.string()),
  /** The session that allowed it: when that is over, so is the code. */
  sessionHash: z.string(),
})
export type AuthorizationCode = z.infer<typeof AuthorizationCode>
