import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { sessions } from '../../shared/ports/sessions.ts'

/** Ends the session at once, here and in every tab: the cookie's token is forgotten by the server. */
export default defineAction({
  summary: 'Sign out',
  route: 'POST /auth/logout',
  allow: 'pending-mfa',
  reply: { status: 204, schema: z.undefined() },
  problems: ['already-refreshed'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 5,
  idle: 'stays',
  uses: { sessions },

  async handle({ sessions, session, actor, about, commit }) {
    about({ sessionId: actor.sessionId })
    const { session: current } = session.current()
    // An old token in its half minute: what replaced it ends too.
    if (current.graceUntil) await sessions.endFamily(current)
    else await commit(sessions.close(current))
    session.leave()
    return undefined
  },
})
