import {
  type AuthorizationServer,
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi'
import { Problem } from '../../kernel/problem.ts'
import { apiPrefix } from '../../kernel/route.ts'
import { setting } from '../../kernel/setting.ts'
import { askOf } from './ask.ts'
import type { OfKind, Provider } from './providers.ts'

/** How long metadata are used. Keys have a life of their own: 5 minutes, and at once when a new one is named. */
const keepMs = 60 * 60_000

/** Signatures that are taken (RFC 8725 §3.1): never `none`, never a MAC under a secret that is not only ours. */
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA', 'Ed25519']

/** Of the Graph API: two years after it came, a version ends. */
const graphVersion = 'v25.0'

const kept = new Map<string, { server: Promise<AuthorizationServer>; until: number }>()

/** The endpoints and keys of a provider: Facebook's are known, all others' are discovered (OpenID Connect Discovery 1.0 §4). */
export async function serverOf(provider: Provider): Promise<AuthorizationServer> {
  if (provider.kind === 'facebook') return facebook(provider)
  const known = kept.get(provider.issuer)
  if (known && known.until > Date.now()) return known.server
  const server = discover(provider)
  kept.set(provider.issuer, { server, until: Date.now() + keepMs })
  server.catch(() => kept.delete(provider.issuer))
  return server
}

/** How the library is to reach a provider. */
export const optionsOf = (provider: Provider) => ({
  [customFetch]: askOf(provider),
  [allowInsecureRequests]: provider.loopback ?? false,
})

/** Where a provider sends the browser back to: one address for each, so that one cannot answer for another (RFC 9700 §4.4.2). */
export const redirectUri = (id: string): string => `${setting('origin')}${apiPrefix}/federation/callbacks/${id}`

/** Shared by all requests that wait for it, so no one's deadline ends it but its own. */
async function discover(provider: OfKind<'oidc' | 'apple'>): Promise<AuthorizationServer> {
  const issuer = new URL(provider.issuer)
  try {
    const server = await processDiscoveryResponse(issuer, await discoveryRequest(issuer, optionsOf(provider)))
    if (server.issuer !== provider.issuer) throw new Error('an identity provider has another issuer than is configured')
    const offered = server.id_token_signing_alg_values_supported ?? ['RS256']
    return { ...server, id_token_signing_alg_values_supported: offered.filter(alg => algorithms.includes(alg)) }
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem('unavailable', { retryAfter: 5, cause })
  }
}

const facebook = ({ issuer, graph }: OfKind<'facebook'>): AuthorizationServer => ({
  issuer,
  authorization_endpoint: `${issuer}/${graphVersion}/dialog/oauth`,
  token_endpoint: `${graph}/${graphVersion}/oauth/access_token`,
  userinfo_endpoint: `${graph}/${graphVersion}/me`,
})
