import { createHash, createHmac } from 'node:crypto'
import { sameText } from '../../kernel/sameText.ts'
import type { Flow } from '../../schema/federation.ts'
import type { Instant } from '../../schema/time.ts'

/** How long somebody may take at the provider: a password, a second factor and a consent fit. */
export const flowSeconds = 600

/** The key of a flow: whoever reads the table can go on with none. */
export const hashOfSecret = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/**
 * What binds a flow to its browser, all derived from the cookie's 256 bits: `state` (RFC 6749 §10.12), `nonce` (OIDC Core
 * §3.1.2.1) and the PKCE verifier (RFC 7636 §4.1, 43 characters). No one of them tells another.
 */
export const bindingsOf = (secret: string) => ({
  state: derive(secret, 'state'),
  nonce: derive(secret, 'nonce'),
  codeVerifier: derive(secret, 'code_verifier'),
})
export type Bindings = ReturnType<typeof bindingsOf>

/** RFC 7636 §4.2, S256. */
export const challengeOf = (codeVerifier: string): string =>
  createHash('sha256').update(codeVerifier).digest('base64url')

export const isState = (given: string, secret: string): boolean => sameText(given, derive(secret, 'state'))

/** A flow that begins now. */
export const newFlow = (
  begun: Pick<Flow, 'practiceSlug' | 'provider' | 'returnTo' | 'link'>,
  secret: string,
  now: Instant,
): Flow => ({
  secretHash: hashOfSecret(secret),
  ...begun,
  createdAt: now,
  expiresAt: new Date(Date.parse(now) + flowSeconds * 1_000).toJSON(),
  version: 1,
})

const derive = (secret: string, label: string): string =>
  createHmac('sha256', secret).update(`oauth:${label}`).digest('base64url')
