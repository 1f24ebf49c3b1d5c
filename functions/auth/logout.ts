import * as z from 'zod'
import { signInsOf } from '../../shared/domain/signIns.ts'
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

  async handle({ sessions, session, actor, about, now, commit }) {
    about({ sessionId: actor.sessionId })
    const { session: current, user } = session.current()
    // An old token in its half minute: what replaced it ends too.
    const family = current.graceUntil
      ? signInsOf(await sessions.ofUser(actor.userId), user, now).find(({ sessionId }) => sessionId === actor.sessionId)
      : undefined
    await commit(...(family ? sessions.end(family.tokens) : [sessions.close(current)]))
    session.leave()
    return undefined
  },
})
