import * as z from 'zod'
import { ProviderId } from '../../schema/federation.ts'
import { PracticeSlug } from '../../schema/identity.ts'
import { text } from '../../schema/people.ts'
import { secret } from '../secrets.ts'

const loopback = /^(127\.0\.0\.1|\[::1\]|localhost)$/

/** HTTPS; plain HTTP only to this machine, and only where the configuration says that it means it. */
const endpoint = z
  .url({ protocol: /^https?$/ })
  .refine(url => !/[?#@]/.test(url), 'must be without query, fragment and user')

const common = {
  /** As a button shows it; our id of it where there is none. */
  name: text(40).optional(),
  clientId: z.string().min(1),
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/)),
  /** Whose users it signs in: all practices', where it is absent. */
  practices: z.array(PracticeSlug).optional(),
  /** Hosts beside the issuer's own that its metadata may name: Google's tokens and keys are on others. */
  hosts: z.array(z.string()).default([]),
  /** Allows HTTP to this machine, for a provider that runs beside the portal in development and tests. */
  loopback: z.literal(true).optional(),
}

const Provider = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('oidc'), issuer: endpoint, clientSecret: z.string().min(1), ...common }),
  z.strictObject({
    kind: z.literal('apple'),
    issuer: endpoint.default('https://appleid.apple.com'),
    teamId: z.string().min(1),
    keyId: z.string().min(1),
    /** The key of "Sign in with Apple", PKCS #8 PEM. */
    applePrivateKey: z.string().startsWith('-----BEGIN PRIVATE KEY-----'),
    ...common,
  }),
  z.strictObject({
    kind: z.literal('facebook'),
    issuer: endpoint.default('https://www.facebook.com'),
    graph: endpoint.default('https://graph.facebook.com'),
    clientSecret: z.string().min(1),
    ...common,
  }),
])
export type Provider = z.infer<typeof Provider>
export type OfKind<Kind extends Provider['kind']> = Extract<Provider, { kind: Kind }>

const Providers = z.record(
  ProviderId,
  Provider.refine(provider => mayAsk(provider, provider.issuer), 'must have its issuer on HTTPS'),
)

/** What the stack puts into the secret until an operator sets it: it is no JSON, and configures nobody. */
const placeholder = /^[0-9A-Za-z]{32}$/

/** The providers of a practice by id. A secret that is wrong is an error and never an empty list: it must be seen. */
export async function providersOf(practice: string): Promise<Map<ProviderId, Provider>> {
  const value = await secret('identity-providers')
  const all = placeholder.test(value) ? {} : Providers.parse(JSON.parse(value))
  return new Map(Object.entries(all).filter(([, { practices }]) => !practices || practices.includes(practice)))
}

/** Whether a URL is one of the provider's own: what its metadata names beyond them is never asked, nor a browser sent there. */
export function mayAsk(provider: Provider, url: string): boolean {
  const { protocol, host, hostname } = new URL(url)
  if (protocol !== 'https:' && !(provider.loopback && protocol === 'http:' && loopback.test(hostname))) return false
  const own = [provider.issuer, ...(provider.kind === 'facebook' ? [provider.graph] : [])].map(
    each => new URL(each).host,
  )
  return [...own, ...provider.hosts].includes(host)
}

/** Which providers a practice's users can sign in with. */
export const providers = () => ({
  async list(practice: string): Promise<{ provider: ProviderId; name: string }[]> {
    return [...(await providersOf(practice))].map(([provider, { name }]) => ({ provider, name: name ?? provider }))
  },
})
