import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { nativeSessions } from '../../shared/ports/oauth.ts'
import { sessions } from '../../shared/ports/sessions.ts'

/**
 * Ends an app's sign-in by its refresh token (RFC 7009): with it go all its access tokens, at once. A token that is not known
 * is answered like one that was: there is nothing left of it.
 */
export default defineAction({
  summary: "End a native app's sign-in",
  route: 'POST /oauth/revoke',
  allow: 'anyone',
  body: z.strictObject({
    token: z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'must be a token'),
    token_type_hint: z.enum(['refresh_token', 'access_token']).optional(),
    client_id: z.string().regex(/^[a-z][a-z-]{1,39}$/, 'must be the name of an app'),
  }),
  form: 'too',
  reply: { status: 200, schema: z.strictObject({}) },
  problems: ['already-refreshed', 'invalid-client', 'unsupported-token-type'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 5,
  uses: { nativeSessions, sessions },

  async handle({ body, nativeSessions, sessions, about, commit, fail }) {
    // Three parts of a JWT: it ends with its key, or with the refresh token beside it.
    if (/^eyJ[^.]*\.[^.]*\.[^.]*$/.test(body.token)) return fail('unsupported-token-type')
    const found = await nativeSessions.find(body.token)
    if (!found) return {}
    const { practiceId, userId, sessionId, native } = found.session
    about({ practiceId, userId, sessionId })
    if (native?.clientId !== body.client_id) return fail('invalid-client')
    // With those that were replaced before it: access tokens of the last five minutes hang on them.
    await commit(...sessions.end(await sessions.family(found.session), 'already-refreshed'))
    return {}
  },
})
