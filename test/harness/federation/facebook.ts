import { createHmac, randomBytes } from 'node:crypto'
import { newCodes } from './codes.ts'
import { answer, formOf, listen } from './listen.ts'

const clientId = '1000000000000001'
const clientSecret = 'a-secret-of-facebook-and-us'

/** What Facebook Login is made of: OAuth 2.0 without an ID token, errors of its own form, and a Graph API that says who it is. */
export async function startFacebook() {
  const codes = newCodes<{ id?: unknown }>()
  const tokens = new Map<string, unknown>()

  const { url, stop } = await listen(base => async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', base)
    const refuse = (message: string) => answer(response, 400, { error: { message, type: 'OAuthException', code: 100 } })
    if (/^\/v\d+\.0\/oauth\/access_token$/.test(pathname)) {
      const form = await formOf(request)
      if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
        return refuse('Error validating client secret.')
      }
      const granted = codes.redeem(form)
      if (!granted) return refuse('This authorization code has been used.')
      const token = `EAAB${randomBytes(12).toString('hex')}`
      tokens.set(token, 'id' in granted.extra ? granted.extra.id : granted.subject)
      return answer(response, 200, { access_token: token, token_type: 'bearer', expires_in: 5_183_944 })
    }
    if (/^\/v\d+\.0\/me$/.test(pathname)) {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
      const proof = createHmac('sha256', clientSecret).update(token).digest('hex')
      if (!tokens.has(token) || searchParams.get('appsecret_proof') !== proof)
        return refuse('Invalid OAuth access token.')
      return answer(response, 200, { id: tokens.get(token) }, 'text/javascript; charset=UTF-8')
    }
    return refuse('Unknown path components')
  })

  return {
    issuer: url,
    configured: {
      kind: 'facebook',
      name: 'Facebook',
      issuer: url,
      graph: url,
      clientId,
      clientSecret,
      scopes: ['public_profile'],
      loopback: true,
    },
    tokens: () => [...tokens.keys()],
    /** What the browser comes back with; a test may have the Graph API tell of an id of another form. */
    signIn: (authorizationUrl: string, id: string, told: { id?: unknown } = {}): Record<string, string> =>
      codes.grant(authorizationUrl, id, told),
    stop,
  }
}
