import { createHmac, generateKeyPairSync } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose'
import { newCodes } from './codes.ts'
import { answer, formOf, listen } from './listen.ts'

/** How a test wants the next ID token to be wrong. */
export interface Spoilt {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  /** Signed with a key that is not in the set, not signed at all, changed after it was signed, or with a MAC under the public key. */
  signature?: 'foreign' | 'none' | 'broken' | 'mac'
  /** Seconds by which the token is older. */
  age?: number
  status?: number
  body?: unknown
}

const clientId = 'example.portal.signin'
const teamId = 'TEAM123456'
const keyId = 'KEY1234567'

/** What Sign in with Apple is made of: answers by a form, and a client secret that is an ES256 JWT. Its tokens can be spoilt. */
export async function startApple() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const codes = newCodes<Spoilt>()
  const foreign = await newKey('apple-1')
  let current = await newKey('apple-1')
  let keyRequests = 0
  let told = {}
  const seen: { clientSecrets: string[]; tokens: string[] } = { clientSecrets: [], tokens: [] }

  const { url: issuer, stop } = await listen(issuer => async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuer)
    if (pathname === '/.well-known/openid-configuration')
      return answer(response, 200, { ...metadataOf(issuer), ...told })
    if (pathname === '/auth/keys') {
      keyRequests++
      return answer(response, 200, { keys: [current.jwk] })
    }
    if (pathname === '/auth/token') return exchange(issuer, request, response)
    return answer(response, 404, {})
  })

  async function exchange(issuer: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = await formOf(request)
    const secret = form.get('client_secret') ?? ''
    seen.clientSecrets.push(secret)
    const expected = {
      algorithms: ['ES256'],
      issuer: teamId,
      audience: issuer,
      subject: clientId,
      maxTokenAge: '183 days',
    }
    const proof = await jwtVerify(secret, publicKey, expected).catch(() => undefined)
    if (proof?.protectedHeader.kid !== keyId) return answer(response, 400, { error: 'invalid_client' })
    const granted = codes.redeem(form)
    if (!granted) return answer(response, 400, { error: 'invalid_grant' })
    const { subject, asked, extra } = granted
    if (extra.status) return answer(response, extra.status, extra.body)
    const token = await idToken(issuer, subject, asked.get('nonce') ?? '', extra)
    const accessToken = `apple-access-${subject}`
    seen.tokens.push(token, accessToken)
    answer(response, 200, { access_token: accessToken, token_type: 'Bearer', expires_in: 3_600, id_token: token })
  }

  async function idToken(issuer: string, sub: string, nonce: string, spoilt: Spoilt): Promise<string> {
    const iat = Math.floor(Date.now() / 1_000) - (spoilt.age ?? 0)
    const claims = {
      iss: issuer,
      aud: clientId,
      sub,
      nonce,
      iat,
      exp: iat + 600,
      email_verified: true,
      ...spoilt.claims,
    }
    const header = { alg: 'RS256', kid: current.jwk.kid, ...spoilt.header }
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    if (spoilt.signature === 'none') return `${part({ ...header, alg: 'none' })}.${part(claims)}.`
    if (spoilt.signature === 'mac') {
      const input = `${part({ ...header, alg: 'HS256' })}.${part(claims)}`
      return `${input}.${createHmac('sha256', JSON.stringify(current.jwk)).update(input).digest('base64url')}`
    }
    const { key } = spoilt.signature === 'foreign' ? foreign : current
    const token = await new SignJWT(claims).setProtectedHeader(header).sign(key)
    if (spoilt.signature !== 'broken') return token
    const [head, , signature] = token.split('.')
    return `${head}.${part({ ...claims, sub: 'somebody-else' })}.${signature}`
  }

  return {
    issuer,
    configured: {
      kind: 'apple',
      name: 'Apple',
      issuer,
      clientId,
      teamId,
      keyId,
      applePrivateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      scopes: ['openid'],
      loopback: true,
    },
    seen,
    keyRequests: () => keyRequests,
    /** Has its metadata say something else from now on. */
    tell: (metadata: object) => {
      told = metadata
    },
    /** Signs with another key from now on: what a provider does every few months, and after a theft at once. */
    rotate: async (kid: string) => {
      current = await newKey(kid)
    },
    /** The form that the browser posts once somebody has signed in. */
    signIn(authorizationUrl: string, subject: string, spoilt: Spoilt = {}): Record<string, string> {
      const asked = new URL(authorizationUrl).searchParams
      if (asked.get('response_mode') !== 'form_post') throw new Error('Apple answers by a form')
      return codes.grant(authorizationUrl, subject, spoilt)
    },
    stop,
  }
}

async function newKey(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' }
  return { key: privateKey, jwk }
}

const metadataOf = (issuer: string) => ({
  issuer,
  authorization_endpoint: `${issuer}/auth/authorize`,
  token_endpoint: `${issuer}/auth/token`,
  jwks_uri: `${issuer}/auth/keys`,
  response_types_supported: ['code'],
  response_modes_supported: ['query', 'fragment', 'form_post'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
  token_endpoint_auth_methods_supported: ['client_secret_post'],
})
