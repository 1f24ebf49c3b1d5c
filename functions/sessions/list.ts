import * as z from 'zod'
import { signInsOf, signInView } from '../../shared/domain/signIns.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { SignInView } from '../../shared/schema/identity.ts'

/** Lists where the caller is signed in, oldest first, half-done sign-ins too: one of those may be a stranger's. */
export default defineAction({
  summary: 'List own sessions',
  route: 'GET /sessions',
  allow: 'signed-in',
  reply: { status: 200, schema: z.strictObject({ items: z.array(SignInView) }) },
  audit: { action: 'R', entity: 'User/{userId}' },
  limit: 'read',
  timeout: 5,
  uses: { sessions },

  async handle({ sessions, session, actor, now }) {
    const signIns = signInsOf(await sessions.ofUser(actor.userId), session.current().user, now)
    return { items: signIns.map(signIn => signInView(signIn, actor.sessionId)) }
  },
})
