import { viewOf } from '../../shared/domain/sessionView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { SessionView } from '../../shared/schema/identity.ts'

/**
 * Replaces the session's token and starts its idle time anew, never past its eight hours. The old token goes on for half a
 * minute, for tabs that had not heard; used after that, it ends the sign-in, for then somebody has stolen one of the two.
 */
export default defineAction({
  summary: 'Renew the session',
  route: 'POST /sessions/current/refresh',
  allow: 'signed-in',
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed'],
  audit: { action: 'U', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 5,
  idle: 'stays',
  uses: { sessions },

  async handle({ actor, sessions, session, now, about, commit, fail }) {
    about({ sessionId: actor.sessionId })
    const { session: before, user } = session.current()
    if (before.graceUntil) return fail('already-refreshed')
    const { aal, amr, next, verifiedAt } = before
    const opened = sessions.open(user, actor.sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(sessions.retire(before), opened.write)
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
