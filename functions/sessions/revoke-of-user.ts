import * as z from 'zod'
import { signInsOf } from '../../shared/domain/signIns.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { notices } from '../../shared/ports/notices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { members } from '../../shared/ports/users.ts'
import { SessionId, UserId } from '../../shared/schema/ids.ts'

/**
 * Ends one session of a user of the practice, or, where none is named, all of them with the trust in every browser. The user
 * is told.
 */
export default defineAction({
  summary: "End a user's sessions",
  route: 'DELETE /users/{userId}/sessions',
  allow: 'session:manage',
  params: z.strictObject({ userId: UserId }),
  query: z.strictObject({ sessionId: SessionId.optional() }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['session-not-found', 'user-not-found'],
  audit: { action: 'D', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { members, notices, sessions },

  async handle({
    params: { userId },
    query,
    members,
    notices,
    sessions,
    session,
    actor,
    now,
    newId,
    about,
    commit,
    fail,
  }) {
    about({ userId })
    const [user, tokens] = await Promise.all([members.find(userId), sessions.ofUser(userId)])
    if (!user) return fail('user-not-found')
    about({ patientId: user.patientId })
    const { sessionId } = query
    const signIn = signInsOf(tokens, user, now).find(one => one.sessionId === sessionId)
    if (sessionId && !signIn) return fail('session-not-found')
    await commit(
      ...(signIn ? sessions.end(signIn.tokens) : [members.endSessions(user)]),
      notices.tell(newId('ntc'), user, 'sessions-ended'),
    )
    if (userId === actor.userId && (!sessionId || sessionId === actor.sessionId)) session.leave()
    return undefined
  },
})
