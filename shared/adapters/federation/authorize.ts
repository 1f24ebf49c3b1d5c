import { type Bindings, challengeOf } from '../../domain/federation/flow.ts'
import { mayAsk, providersOf } from './providers.ts'
import { redirectUri, serverOf } from './server.ts'

/** Sends browsers to identity providers. */
export const authorization = () => ({
  /**
   * The address at which a provider asks its user (RFC 6749 §4.1.1), and whether it will answer with a form that it posts;
   * nothing when the practice has no such provider.
   */
  async request(practice: string, id: string, { state, nonce, codeVerifier }: Bindings) {
    const provider = (await providersOf(practice)).get(id)
    if (!provider) return undefined
    const { authorization_endpoint: endpoint } = await serverOf(provider)
    if (!endpoint || !mayAsk(provider, endpoint)) throw new Error('an identity provider has no page of its own')
    const crossSitePost = provider.kind === 'apple'
    const url = new URL(endpoint)
    const parameters = {
      client_id: provider.clientId,
      response_type: 'code',
      redirect_uri: redirectUri(id),
      scope: provider.scopes.join(' '),
      state,
      code_challenge: challengeOf(codeVerifier),
      code_challenge_method: 'S256',
      ...(provider.kind !== 'facebook' && { nonce }),
      ...(crossSitePost && { response_mode: 'form_post' }),
    }
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return { url: url.href, crossSitePost }
  },
})
