import * as z from 'zod'
import { PracticeSlug } from './identity.ts'
import { IdentityId, PracticeId, SessionId, UserId } from './ids.ts'
import { Instant } from './time.ts'

/** Our name for an identity provider, as it stands in its redirect URI: `google`. */
export const ProviderId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,29}$/, 'must be 2 to 30 small letters, digits and dashes')
  .meta({ id: 'ProviderId' })
export type ProviderId = z.infer<typeof ProviderId>

/**
 * Where a flow may end in the portal. A list and not a pattern: what is not on it is not parsed at all, so there is no spelling
 * of another host to find (CWE-601).
 */
export const ReturnPath = z.enum(['/', '/appointments', '/account/security', '/telehealth'])
export type ReturnPath = z.infer<typeof ReturnPath>

/** What a sign-in at another provider was begun for. Its state, nonce and code verifier are in the browser's cookie alone. */
export const Flow = z.object({
  /** SHA-256 of the cookie's secret, base64url. */
  secretHash: z.string(),
  practiceSlug: PracticeSlug,
  provider: ProviderId,
  returnTo: ReturnPath,
  /** Present when a session began it, to link the identity to its user. */
  link: z.object({ practiceId: PracticeId, userId: UserId, sessionId: SessionId }).optional(),
  createdAt: Instant,
  expiresAt: Instant,
  version: z.int().min(1),
})
export type Flow = z.infer<typeof Flow>

/** An account at another provider that leads to a user. It is issuer and subject (OIDC Core §5.7), never an e-mail address. */
export const Identity = z.object({
  identityId: IdentityId,
  practiceId: PracticeId,
  practiceSlug: PracticeSlug,
  userId: UserId,
  provider: ProviderId,
  /** SHA-256 of issuer and subject, base64url: the table cannot tell who somebody is elsewhere. */
  subjectHash: z.string(),
  linkedAt: Instant,
  version: z.int().min(1),
})
export type Identity = z.infer<typeof Identity>

/** A linked identity as its own user sees it. */
export const LinkedIdentity = z
  .strictObject({ identityId: IdentityId, provider: ProviderId, linkedAt: Instant })
  .meta({ id: 'LinkedIdentity' })

/** Where the browser must be sent. */
export const Authorization = z.strictObject({ authorizationUrl: z.url() }).meta({ id: 'Authorization' })

/** Printable ASCII (RFC 6749, appendix A: VSCHAR), of limited length. */
const printable = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')

/**
 * What a provider sends back. All of it is the browser's word until the flow's cookie, the provider's token endpoint and a
 * signature have said the same. Other parameters are dropped: RFC 6749 §4.1.2 has clients ignore what they do not know.
 */
export const AuthorizationResponse = z.object({
  state: printable(200),
  code: printable(4_096).optional(),
  /** RFC 9207. */
  iss: printable(500).optional(),
  error: printable(200).optional(),
})
export type AuthorizationResponse = z.infer<typeof AuthorizationResponse>
