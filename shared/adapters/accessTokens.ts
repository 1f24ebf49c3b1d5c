import { randomUUID } from 'node:crypto'
import { accessTokenSeconds, issuerAt, signToken } from '../domain/oauth/jwt.ts'
import type { Binding } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import { setting } from '../kernel/setting.ts'
import { type AccessTokenClaims, KeyRing, type SigningKey } from '../schema/oauth.ts'
import { forgetSecret, secret } from './secrets.ts'

type Content = Pick<AccessTokenClaims, 'sub' | 'client_id' | 'practice' | 'sid' | 'session_hash'>

/** Makes access tokens (RFC 9068), signed with the current key of the secret `signing`. */
export const accessTokens = ({ now }: Pick<Binding, 'now'>) => ({
  async issue(content: Content, scopes: readonly string[]) {
    const key = await currentKey()
    const issuer = issuerAt(setting('origin'))
    const iat = Math.floor(Date.parse(now) / 1_000)
    const times = { exp: iat + accessTokenSeconds, nbf: iat, iat }
    const scope = scopes.join(' ')
    const claims = { iss: issuer, aud: issuer, ...times, jti: randomUUID(), ...content, scope }
    return {
      access_token: signToken(claims, key),
      token_type: 'Bearer' as const,
      expires_in: accessTokenSeconds,
      scope,
    }
  },
})

/** Before the first rotation the secret holds what it was created with; then no token can be made, and soon one can. */
async function currentKey(): Promise<SigningKey> {
  const ring = ringOf(await secret('signing'))
  const key = ring?.keys.find(({ stage }) => stage === 'current')
  if (key) return key
  forgetSecret('signing')
  throw new Problem('signing-key-missing', { retryAfter: 60 })
}

/** The keys of the secret's text; nothing for the random text that a deploy puts there. */
export function ringOf(text: string): KeyRing | undefined {
  if (!text.startsWith('{')) return undefined
  return KeyRing.parse(JSON.parse(text))
}
