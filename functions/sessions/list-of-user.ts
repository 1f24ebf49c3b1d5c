import * as z from 'zod'
import { signInsOf, signInView } from '../../shared/domain/signIns.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { members } from '../../shared/ports/users.ts'
import { SignInView } from '../../shared/schema/identity.ts'
import { UserId } from '../../shared/schema/ids.ts'

/** Lists where a user of the practice is signed in, oldest first. */
export default defineAction({
  summary: "List a user's sessions",
  route: 'GET /users/{userId}/sessions',
  allow: 'session:manage',
  params: z.strictObject({ userId: UserId }),
  reply: { status: 200, schema: z.strictObject({ items: z.array(SignInView) }) },
  problems: ['user-not-found'],
  audit: { action: 'R', entity: 'User/{userId}' },
  limit: 'read',
  timeout: 5,
  uses: { members, sessions },

  async handle({ params: { userId }, members, sessions, actor, now, about, fail }) {
    about({ userId })
    const [user, tokens] = await Promise.all([members.find(userId), sessions.ofUser(userId)])
    if (!user) return fail('user-not-found')
    about({ patientId: user.patientId })
    const current = actor.type === 'user' ? actor.sessionId : undefined
    return { items: signInsOf(tokens, user, now).map(signIn => signInView(signIn, current)) }
  },
})
