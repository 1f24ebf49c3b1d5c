import * as z from 'zod'
import { showCode } from '../../shared/domain/secondFactor.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterSecondFactor, toRebind } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { attempts } from '../../shared/ports/attempts.ts'
import { factors } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { seedOpener } from '../../shared/ports/seeds.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { totp } from '../../shared/ports/totp.ts'
import { FactorCode, SessionView } from '../../shared/schema/identity.ts'

/**
 * Completes a sign-in with a second factor. The attempt is counted before the code is looked at, and the code is used up in
 * the transaction that opens the session, so parallel tries with one code give one session. A backup code in the place of an
 * authenticator that answers no more lets its user do nothing but bind another.
 */
export default defineAction({
  summary: 'Show a second factor',
  route: 'POST /mfa/verify',
  allow: 'pending-mfa',
  body: z.strictObject({ code: FactorCode }),
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'code-refused', 'mfa-not-set-up', 'too-many-attempts'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 10,
  metric: 'SessionsOpened',
  uses: { attempts, factors, notices, seedOpener, sessions, totp },

  async handle({ body, actor, notices, sessions, session, now, newId, about, commit, fail, ...means }) {
    const { sessionId } = actor
    about({ sessionId })
    const current = session.current()
    const shown = await showCode(body.code, current, means)
    if (typeof shown === 'string') return fail(shown)

    const { session: before, user } = current
    const amr = [...before.amr, shown.amr]
    const opened = sessions.open(user, sessionId, shown.rebind ? toRebind(amr) : afterSecondFactor(amr, now), before)
    await commit(
      ...shown.writes,
      ...(shown.amr === 'rc' ? [notices.tell(newId('ntc'), user, 'backup-code-used')] : []),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
