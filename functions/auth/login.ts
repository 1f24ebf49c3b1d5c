import * as z from 'zod'
import { accountOf } from '../../shared/domain/gate.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterFirstFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { gate } from '../../shared/ports/gate.ts'
import { passwords } from '../../shared/ports/passwords.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { logins } from '../../shared/ports/users.ts'
import { PracticeSlug, SessionView } from '../../shared/schema/identity.ts'
import { CaptchaSolution } from '../../shared/schema/limits.ts'
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
    /** Demanded when tries at this account failed: see `GET /captcha/challenge`. */
    captcha: CaptchaSolution.optional(),
  }),
  reply: { status: 200, schema: SessionView },
  problems: ['account-delayed', 'captcha-required', 'credentials-refused'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'credential',
  timeout: 10,
  memory: 1769,
  metric: 'PasswordsAccepted',
  uses: { gate, logins, passwords, sessions },

  async handle({ body, gate, logins, passwords, sessions, now, newId, about, commit, fail, session }) {
    const [user, attempt] = await Promise.all([
      logins.byLogin(body.practice, body.email),
      gate.admit(accountOf(body.practice, body.email), { captcha: body.captcha }),
    ])
    if (user) about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })
    if (attempt.refused) return fail(attempt.refused, [], attempt.retryAfter)

    const { right, outdated } = await passwords.verify(body.password, user?.passwordHash)
    if (!user || !right || user.status !== 'active') {
      await gate.failed(attempt)
      return fail('credentials-refused')
    }

    const opening = afterFirstFactor(user, ['pwd'], { trusted: false, policy: undefined }, now)
    const opened = sessions.open(user, newId('ses'), opening)
    about({ sessionId: opened.session.sessionId })
    await commit(
      outdated ? logins.rehashed(user, await passwords.hash(body.password)) : logins.unchanged(user),
      opened.write,
      gate.succeeded(attempt),
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
