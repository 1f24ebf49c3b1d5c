import {
  AuthorizationResponseError,
  type AuthorizationServer,
  authorizationCodeGrantRequest,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  getValidatedIdTokenClaims,
  OperationProcessingError,
  processAuthorizationCodeResponse,
  ResponseBodyError,
  UnsupportedOperationError,
  validateApplicationLevelSignature,
  validateAuthResponse,
} from 'oauth4webapi'
import type { Bindings } from '../../domain/federation/flow.ts'
import type { Subject } from '../../domain/federation/subject.ts'
import type { Binding } from '../../kernel/port.ts'
import { setting } from '../../kernel/setting.ts'
import type { AuthorizationResponse, Flow } from '../../schema/federation.ts'
import { appleClientSecret } from './apple.ts'
import { facebookId } from './facebook.ts'
import { type Provider, providersOf } from './providers.ts'
import { optionsOf, redirectUri, serverOf } from './server.ts'

/** What an identity provider says of who signed in. Its tokens are looked at here, once; nothing keeps or hands them on. */
export const federation = ({ now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
  /** A local path at the portal. */
  at: (path: string): string => `${setting('origin')}${path}`,

  /**
   * Exchanges the code of a flow and checks all that comes of it: `iss` of the response (RFC 9207), and of the ID token issuer,
   * audience, authorized party, times, nonce, algorithm and signature (OIDC Core §3.1.3.7). Nothing, when any of it is wrong.
   */
  async identify(flow: Flow, bound: Bindings, response: AuthorizationResponse): Promise<Subject | undefined> {
    const provider = (await providersOf(flow.practiceSlug)).get(flow.provider)
    if (!provider) return undefined
    const server = await serverOf(provider)
    const client: Client = { client_id: provider.clientId }
    const options = { ...optionsOf(provider), signal }
    try {
      const parameters = validateAuthResponse(server, client, parametersOf(response), bound.state)
      const auth = authOf(provider, server, now)
      const uri = redirectUri(flow.provider)
      const answer = await authorizationCodeGrantRequest(
        server,
        client,
        auth,
        parameters,
        uri,
        bound.codeVerifier,
        options,
      )
      if (provider.kind === 'facebook') {
        const { access_token: token } = await processAuthorizationCodeResponse(server, client, answer)
        return await facebookId(provider, server, token, signal)
      }
      const expected = { expectedNonce: bound.nonce, requireIdToken: true }
      const tokens = await processAuthorizationCodeResponse(server, client, answer, expected)
      await validateApplicationLevelSignature(server, answer, options)
      const subject = getValidatedIdTokenClaims(tokens)?.sub
      return subject ? { issuer: server.issuer, subject } : undefined
    } catch (error) {
      if (isRefusal(error)) return undefined
      throw error
    }
  },
})

const parametersOf = (response: AuthorizationResponse): URLSearchParams =>
  new URLSearchParams(Object.entries(response).filter((entry): entry is [string, string] => entry[1] !== undefined))

function authOf(provider: Provider, server: AuthorizationServer, now: string): ClientAuth {
  if (provider.kind === 'apple') return ClientSecretPost(appleClientSecret(provider, server.issuer, now))
  const basic = (server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']).includes(
    'client_secret_basic',
  )
  return basic && provider.kind === 'oidc'
    ? ClientSecretBasic(provider.clientSecret)
    : ClientSecretPost(provider.clientSecret)
}

/** What the browser or the provider brought and is not right. That our own credentials are refused is a fault, and is seen. */
const isRefusal = (error: unknown): boolean =>
  error instanceof ResponseBodyError
    ? !['invalid_client', 'unauthorized_client'].includes(error.error)
    : error instanceof OperationProcessingError ||
      error instanceof AuthorizationResponseError ||
      error instanceof UnsupportedOperationError
