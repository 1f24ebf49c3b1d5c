import * as z from 'zod'
import { showCode } from '../../shared/domain/secondFactor.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterPasswordAgain, afterSecondFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { attempts } from '../../shared/ports/attempts.ts'
import { factors } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passwords } from '../../shared/ports/passwords.ts'
import { seedOpener } from '../../shared/ports/seeds.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { totp } from '../../shared/ports/totp.ts'
import { FactorCode, SessionView } from '../../shared/schema/identity.ts'

/**
 * Shows a factor again before something sensitive: a code of the app or a backup code, or the password by whoever has no
 * factor. For five minutes the session is then taken for its user's own, under a new token; tries are counted like those of a
 * sign-in.
 */
export default defineAction({
  summary: 'Show a factor again before something sensitive',
  route: 'POST /mfa/step-up',
  allow: 'signed-in',
  body: z
    .strictObject({ code: FactorCode.optional(), password: z.string().min(1).max(512).optional() })
    .refine(({ code, password }) => (code === undefined) !== (password === undefined), {
      path: ['code'],
      message: 'give a code, or the password where no factor is set up',
    }),
  reply: { status: 200, schema: SessionView },
  problems: [
    'already-refreshed',
    'code-refused',
    'credentials-refused',
    'mfa-not-set-up',
    'mfa-required',
    'too-many-attempts',
  ],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 10,
  memory: 1769,
  metric: 'StepUps',
  uses: { attempts, factors, notices, passwords, seedOpener, sessions, totp },

  async handle({ body, actor, notices, passwords, sessions, session, now, newId, about, commit, fail, ...means }) {
    const { sessionId } = actor
    about({ sessionId })
    const current = session.current()
    const { session: before, user } = current
    const finish = async (opening: ReturnType<typeof afterSecondFactor>, ...writes: Parameters<typeof commit>) => {
      const opened = sessions.open(user, sessionId, opening, before)
      await commit(...writes, sessions.close(before), opened.write)
      session.enter(opened.session, opened.token)
      return viewOf(opened, now)
    }

    if (body.code !== undefined) {
      const shown = await showCode(body.code, current, means)
      if (typeof shown === 'string') return fail(shown)
      const told = shown.amr === 'rc' ? [notices.tell(newId('ntc'), user, 'backup-code-used')] : []
      return finish(afterSecondFactor([...before.amr, shown.amr], now), ...shown.writes, ...told)
    }

    // A password is what a thief of the session may have too, so it stands for nobody who has a factor.
    if (user.factors.length > 0) return fail('mfa-required')
    if (!(await means.attempts.count(before))) return fail('too-many-attempts')
    const { right } = await passwords.verify(body.password ?? '', user.passwordHash)
    if (!right) return fail('credentials-refused')
    return finish(afterPasswordAgain(before, now), ...means.attempts.forgive(before))
  },
})
