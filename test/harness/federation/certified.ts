import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'
import { listen } from './listen.ts'

const client = { id: 'haven', secret: 'a-secret-of-the-certified-provider-and-us' }

/**
 * An OpenID provider that is certified by the OpenID Foundation (`oidc-provider`), on this machine. Its pages are gone through
 * by a script: whoever comes signs in as the account that the script names, and consents.
 */
export async function startCertified(redirectUri: string) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwks = { keys: [{ ...(await exportJWK(privateKey)), kid: 'first', alg: 'RS256', use: 'sig' }] }
  const configuration = {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, email: `${accountId}@elsewhere.example`, email_verified: true }),
    }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: ['a key of cookies for tests'] },
    jwks,
  } satisfies Configuration

  const { url, stop } = await listen(issuer => {
    const provider = new Provider(issuer, configuration)
    const serve = provider.callback()
    return (request, response) =>
      request.url?.startsWith('/interaction/') ? interact(provider, request, response) : serve(request, response)
  })

  return {
    issuer: url,
    configured: {
      kind: 'oidc',
      name: 'Harbor ID',
      issuer: url,
      clientId: client.id,
      clientSecret: client.secret,
      scopes: ['openid', 'email'],
      loopback: true,
    },
    /** Goes through the provider's pages as an account, to where it sends the browser back. */
    signIn: (authorizationUrl: string, account: string) => walk(authorizationUrl, account, redirectUri),
    stop,
  }
}

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  const accountId = session?.accountId ?? String(request.headers['x-account'])
  if (prompt.name === 'login') return provider.interactionFinished(request, response, { login: { accountId } })
  const grant = new provider.Grant({ accountId, clientId: String(params.client_id) })
  grant.addOIDCScope(String(params.scope))
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}

/** Follows redirects with cookies, until the way leads back to us. */
async function walk(start: string, account: string, redirectUri: string): Promise<Record<string, string>> {
  const jar = new Map<string, string>()
  let url = new URL(start)
  for (let step = 0; step < 10; step++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie, 'x-account': account } })
    for (const header of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
      jar.set(name, value)
    }
    const location = response.headers.get('location')
    if (!location) throw new Error(`the certified provider answered ${response.status}: ${await response.text()}`)
    url = new URL(location, url)
    if (url.href.startsWith(redirectUri)) return Object.fromEntries(url.searchParams)
  }
  throw new Error('the certified provider sends the browser round in a circle')
}
