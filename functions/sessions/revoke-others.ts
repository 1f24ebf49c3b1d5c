import { viewOf } from '../../shared/domain/sessionView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { notices } from '../../shared/ports/notices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { SessionView } from '../../shared/schema/identity.ts'

/**
 * Ends every session of the caller but this one, and the trust in every browser. A new epoch ends them all in one write, also
 * one that opens at this very moment; this session goes on in it with another token.
 */
export default defineAction({
  summary: 'End all other own sessions',
  route: 'DELETE /sessions/others',
  allow: 'signed-in',
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed'],
  audit: { action: 'D', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { notices, ownUser, sessions },

  async handle({ notices, ownUser, sessions, device, session, now, newId, commit, fail }) {
    const { session: before, user } = session.current()
    if (before.graceUntil) return fail('already-refreshed')
    const { sessionId, aal, amr, next, verifiedAt } = before
    const after = { ...user, sessionEpoch: user.sessionEpoch + 1 }
    const opened = sessions.open(after, sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      ownUser.endSessions(user),
      sessions.close(before),
      opened.write,
      notices.tell(newId('ntc'), user, 'sessions-ended'),
    )
    session.enter(opened.session, opened.token)
    device.forget()
    return viewOf(opened, now)
  },
})
