import { viewOf } from '../../shared/domain/sessionView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { SessionView } from '../../shared/schema/identity.ts'

/** Who is signed in, for how long, and what is still owed. Asking is not activity: a forgotten tab must not stay alive by it. */
export default defineAction({
  summary: 'Show the current session',
  route: 'GET /sessions/current',
  allow: 'pending-mfa',
  reply: { status: 200, schema: SessionView },
  audit: { action: 'R', entity: 'Session/{sessionId}' },
  limit: 'read',
  timeout: 5,
  idle: 'stays',

  async handle({ session, actor, about, now }) {
    about({ sessionId: actor.sessionId })
    return viewOf(session.current(), now)
  },
})
