import * as z from 'zod'
import { mayRedirect } from '../../shared/domain/oauth/nativeClients.ts'
import { isVerifier } from '../../shared/domain/oauth/pkce.ts'
import { scopesFor } from '../../shared/domain/oauth/scopes.ts'
import { standing } from '../../shared/domain/sessionClock.ts'
import { defineAction, type Tools } from '../../shared/kernel/action.ts'
import { heldBy } from '../../shared/kernel/permissions.ts'
import type { Bound } from '../../shared/kernel/port.ts'
import { links } from '../../shared/ports/links.ts'
import { notices } from '../../shared/ports/notices.ts'
import { accessTokens, authorizationCodes, clients, nativeSessions } from '../../shared/ports/oauth.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import type { Session } from '../../shared/schema/identity.ts'

const printable = (most: number) => z.string().regex(new RegExp(`^[\\x20-\\x7e]{1,${most}}$`), 'must be printable')

const Body = z.strictObject({
  grant_type: z.string().regex(/^[a-z_:.-]{1,100}$/, 'must be a grant type'),
  client_id: printable(100).optional(),
  client_secret: printable(200).optional(),
  scope: printable(2_000).optional(),
  code: printable(200).optional(),
  code_verifier: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{43,128}$/, 'must be a verifier')
    .optional(),
  redirect_uri: printable(300).optional(),
  refresh_token: printable(200).optional(),
})

const Reply = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    /** Seconds. */
    expires_in: z.int(),
    scope: z.string(),
    refresh_token: z.string().optional(),
  })
  .meta({ id: 'TokenReply' })

const problems = [
  'already-refreshed',
  'invalid-client',
  'invalid-grant',
  'invalid-scope',
  'link-refused',
  'signing-key-missing',
  'unsupported-grant-type',
] as const
const uses = { accessTokens, authorizationCodes, clients, links, nativeSessions, notices, sessions }

type Input = { body: z.infer<typeof Body> } & Tools<(typeof problems)[number]> & Bound<typeof uses>

/**
 * Gives an access token, good for five minutes: to a program for its API key, and to a native app for the code that let it in or
 * for its refresh token. All of it is refused alike, whatever of it was wrong.
 */
export default defineAction({
  summary: 'Get an access token',
  route: 'POST /oauth/token',
  allow: 'anyone',
  body: Body,
  form: 'too',
  reply: { status: 200, schema: Reply },
  problems,
  audit: { action: 'E', entity: 'AccessToken/{client}' },
  limit: 'write',
  timeout: 10,
  metric: 'AccessTokensIssued',
  uses,

  async handle(input) {
    const { grant_type: grant } = input.body
    if (grant === 'client_credentials') return ofClient(input)
    if (grant === 'authorization_code') return ofCode(input)
    if (grant === 'refresh_token') return ofRefreshToken(input)
    return input.fail('unsupported-grant-type')
  },
})

/** RFC 6749 §4.4: the API key is the client, its secret the client's. */
async function ofClient({ body, clients, accessTokens, about, fail }: Input) {
  const secret = body.client_secret ?? ''
  const found = clients.isKey(secret) ? await clients.read(secret) : undefined
  if (!found) return fail('invalid-client')
  about({ ...found.facts, client: found.facts.apiKeyId })
  const { actor } = found
  if (actor?.type !== 'client' || (body.client_id ?? actor.id) !== actor.id) return fail('invalid-client')
  const scopes = scopesFor(body.scope, actor.scopes)
  if (!scopes) return fail('invalid-scope')
  return accessTokens.issue({ sub: actor.id, client_id: actor.id, practice: actor.practiceId }, scopes)
}

/** RFC 6749 §4.1.3 with RFC 7636 §4.5. The code is used up in the transaction that opens the app's session. */
async function ofCode(input: Input) {
  const { body, links, authorizationCodes, nativeSessions, now, newId, about, commit, fail } = input
  const ticketId = await links.open('native-app', body.code ?? '')
  const code = ticketId && (await authorizationCodes.find(ticketId))
  if (!code?.userId) return fail('invalid-grant')
  const { practiceId, userId, clientId, redirectUri, codeChallenge, scopes, sessionHash } = code
  about({ practiceId, userId, client: clientId })
  const isOwn = body.client_id === clientId && body.redirect_uri === redirectUri && mayRedirect(clientId, redirectUri)
  if (!isOwn || !isVerifier(body.code_verifier ?? '', codeChallenge)) return fail('invalid-grant')

  const opener = await nativeSessions.opener({ practiceId, userId, tokenHash: sessionHash })
  if (!opener || standing(opener.session, opener.user, now) !== 'alive') return fail('invalid-grant')
  const opened = nativeSessions.admit(opener.session, newId('ses'), { clientId, scopes })
  about({ sessionId: opened.session.sessionId })
  const tokens = await tokensOf(opened, scopes, input)
  await commit(authorizationCodes.redeem(code), opened.write)
  return tokens
}

/** RFC 6749 §6, RFC 9700 §4.14: each refresh token works once; one that comes back after its grace was stolen, or its heir was. */
async function ofRefreshToken(input: Input) {
  const { body, nativeSessions, sessions, notices, now, newId, about, commit, fail, refuse } = input
  const found = await nativeSessions.find(body.refresh_token ?? '')
  if (!found?.session.native) return fail('invalid-grant')
  const { session, user } = found
  const { practiceId, userId, sessionId, native } = session
  about({ practiceId, userId, sessionId, client: native?.clientId })
  const stands = body.client_id === native?.clientId && standing(session, user, now)
  if (stands === 'reused') {
    const stolen = await sessions.family(session)
    return refuse(
      'invalid-grant',
      ...sessions.end(stolen, 'already-refreshed'),
      notices.tell(newId('ntc'), user, 'session-token-reused'),
    )
  }
  if (stands !== 'alive') return fail('invalid-grant')
  // What the user's role holds no more is not handed on.
  const held = found.session.native.scopes.filter(scope => heldBy(user.role).some(each => each === scope))
  const scopes = scopesFor(body.scope, held)
  if (!scopes) return fail('invalid-scope')
  const renewed = nativeSessions.renew(session)
  const tokens = await tokensOf(renewed, scopes, input)
  await commit(...renewed.writes)
  return tokens
}

/** Made before the transaction: what cannot be signed uses nothing up. */
async function tokensOf(
  { session, token }: { session: Session; token: string },
  scopes: readonly string[],
  { accessTokens }: Input,
) {
  const { userId: sub, practiceId: practice, sessionId: sid, tokenHash: session_hash, native } = session
  const content = { sub, client_id: native?.clientId ?? '', practice, sid, session_hash }
  return { ...(await accessTokens.issue(content, scopes)), refresh_token: token }
}
