import * as z from 'zod'
import { signInsOf } from '../../shared/domain/signIns.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { SessionId } from '../../shared/schema/ids.ts'

/**
 * Ends one of the caller's sessions: its next request is refused. Whoever renews it at the same moment makes this fail with a
 * conflict rather than escape it.
 */
export default defineAction({
  summary: 'End one of the own sessions',
  route: 'DELETE /sessions/{sessionId}',
  allow: 'signed-in',
  params: z.strictObject({ sessionId: SessionId }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['session-not-found'],
  audit: { action: 'D', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 5,
  uses: { sessions },

  async handle({ params: { sessionId }, sessions, session, actor, now, about, commit, fail }) {
    about({ sessionId })
    const signIns = signInsOf(await sessions.ofUser(actor.userId), session.current().user, now)
    const signIn = signIns.find(one => one.sessionId === sessionId)
    if (!signIn) return fail('session-not-found')
    await commit(...sessions.end(signIn.tokens))
    if (sessionId === actor.sessionId) session.leave()
    return undefined
  },
})
