import { createHash, randomBytes } from 'node:crypto'

/** What a provider remembers of a code: whom it is of, and what the browser came with. */
export interface Granted<Extra> {
  subject: string
  asked: URLSearchParams
  extra: Extra
}

/** The codes of a stand-in: each is exchanged once, by the client, redirect URI and verifier that it was asked for with. */
export function newCodes<Extra>() {
  const granted = new Map<string, Granted<Extra>>()
  return {
    grant(authorizationUrl: string, subject: string, extra: Extra): { state: string; code: string } {
      const asked = new URL(authorizationUrl).searchParams
      const code = randomBytes(16).toString('base64url')
      granted.set(code, { subject, asked, extra })
      return { state: asked.get('state') ?? '', code }
    },

    redeem(form: URLSearchParams): Granted<Extra> | undefined {
      const code = form.get('code') ?? ''
      const found = granted.get(code)
      granted.delete(code)
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url')
      const right =
        form.get('grant_type') === 'authorization_code' &&
        found?.asked.get('redirect_uri') === form.get('redirect_uri') &&
        found?.asked.get('client_id') === form.get('client_id') &&
        found?.asked.get('code_challenge_method') === 'S256' &&
        found.asked.get('code_challenge') === challenge
      return right ? found : undefined
    },
  }
}
