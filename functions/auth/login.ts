import * as z from 'zod'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterFirstFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { passwords } from '../../shared/ports/passwords.ts'
import { practices } from '../../shared/ports/practices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { logins } from '../../shared/ports/users.ts'
import { PracticeSlug, SessionView } from '../../shared/schema/identity.ts'
import { Email } from '../../shared/schema/people.ts'

/**
 * Opens a session for a right password. An unknown e-mail costs the same hash and gets the same answer as a wrong password.
 * Whoever owes a second factor gets a session that can do nothing but show or set it up.
 */
export default defineAction({
  summary: 'Sign in with a password',
  route: 'POST /auth/login',
  allow: 'anyone',
  body: z.strictObject({
    practice: PracticeSlug,
    email: Email,
    /** Taken whole and never cut short (NIST SP 800-63B-4 §3.1.1.2); 128 characters of any script fit. */
    password: z.string().min(1).max(512),
  }),
  reply: { status: 200, schema: SessionView },
  problems: ['credentials-refused'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'credential',
  timeout: 10,
  memory: 1769,
  metric: 'PasswordsAccepted',
  uses: { logins, passwords, practices, sessions },

  async handle({ body, logins, passwords, practices, sessions, now, newId, about, commit, fail, session }) {
    const user = await logins.byLogin(body.practice, body.email)
    if (user) about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })

    const [{ right, outdated }, practice] = await Promise.all([
      passwords.verify(body.password, user?.passwordHash),
      // Read beside the hash, which takes longer: the policy costs a sign-in no time.
      user && practices.of(user),
    ])
    if (!user || !right || user.status !== 'active') return fail('credentials-refused')

    const opening = afterFirstFactor(user, ['pwd'], { trusted: false, policy: practice?.signIn }, now)
    const opened = sessions.open(user, newId('ses'), opening)
    about({ sessionId: opened.session.sessionId })
    await commit(
      outdated ? logins.rehashed(user, await passwords.hash(body.password)) : logins.unchanged(user),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
