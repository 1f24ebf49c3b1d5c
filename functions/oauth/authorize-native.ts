import * as z from 'zod'
import { mayRedirect } from '../../shared/domain/oauth/nativeClients.ts'
import { scopesFor } from '../../shared/domain/oauth/scopes.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { heldBy } from '../../shared/kernel/permissions.ts'
import { links } from '../../shared/ports/links.ts'
import { authorizationCodes } from '../../shared/ports/oauth.ts'
import { Instant } from '../../shared/schema/time.ts'

/** How long a code can be used: the time in which an app opens (RFC 6749 §4.1.2 allows ten minutes). */
const codeMs = 60_000

/**
 * Lets a native app in, for the user who asks for it in the browser and has just shown a factor. The code works once, for one
 * minute, and only with the verifier of its challenge (RFC 7636); it goes to an address that is the app's own (RFC 8252).
 */
export default defineAction({
  summary: 'Let a native app in',
  route: 'POST /oauth/authorize',
  allow: 'signed-in',
  body: z.strictObject({
    response_type: z.literal('code'),
    client_id: z.string().regex(/^[a-z][a-z-]{1,39}$/, 'must be the name of an app'),
    redirect_uri: z.string().regex(/^[a-z][a-z0-9+.-]*:[\x21-\x7e]{1,200}$/, 'must be a URI'),
    code_challenge: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be the SHA-256 of the verifier'),
    code_challenge_method: z.literal('S256'),
    scope: z
      .string()
      .regex(/^[a-z: -]{1,2000}$/, 'must be scopes')
      .optional(),
    state: z.string().regex(/^[\x21-\x7e]{1,500}$/, 'must be printable'),
  }),
  reply: { status: 201, schema: z.strictObject({ redirectTo: z.string(), expiresAt: Instant }) },
  problems: ['redirect-refused', 'invalid-scope'],
  audit: { action: 'C', entity: 'AuthorizationCode/{ticketId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { authorizationCodes, links },

  async handle({ body, actor, authorizationCodes, links, session, now, newId, about, commit, fail }) {
    const { client_id: clientId, redirect_uri: redirectUri, code_challenge: codeChallenge, state } = body
    if (!mayRedirect(clientId, redirectUri)) return fail('redirect-refused')
    const scopes = scopesFor(body.scope, heldBy(actor.role))
    if (!scopes) return fail('invalid-scope')

    const { practiceId, userId } = actor
    const { tokenHash: sessionHash } = session.current().session
    const ticketId = newId('tkt')
    about({ ticketId })
    const expiresAt = new Date(Date.parse(now) + codeMs).toJSON()
    const request = { clientId, redirectUri, codeChallenge, scopes: [...scopes], sessionHash }
    const code = await links.token('native-app', ticketId)
    await commit(
      authorizationCodes.issue({ ticketId, practiceId, userId, ...request, createdAt: now, expiresAt, version: 1 }),
    )
    return { redirectTo: `${redirectUri}?${new URLSearchParams({ code, state })}`, expiresAt }
  },
})
