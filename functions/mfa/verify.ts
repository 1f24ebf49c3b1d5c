import * as z from 'zod'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterSecondFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { attempts } from '../../shared/ports/attempts.ts'
import { factors } from '../../shared/ports/factors.ts'
import { seedOpener } from '../../shared/ports/seeds.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { totp } from '../../shared/ports/totp.ts'
import { SessionView } from '../../shared/schema/identity.ts'

/** Six digits of the app, or a backup code with or without its dashes. */
const Code = z
  .string()
  .transform(text => text.replace(/[\s-]/g, '').toUpperCase())
  .pipe(z.string().regex(/^(\d{6}|[0-9A-HJKMNP-TV-Z]{25})$/, 'must be 6 digits or a backup code'))

/**
 * Completes a sign-in with a second factor. The attempt is counted before the code is looked at, and the code is used up in
 * the transaction that opens the session, so parallel tries with one code give one session.
 */
export default defineAction({
  summary: 'Show a second factor',
  route: 'POST /mfa/verify',
  allow: 'pending-mfa',
  body: z.strictObject({ code: Code }),
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'code-refused', 'mfa-not-set-up', 'too-many-attempts'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 10,
  metric: 'SessionsOpened',
  uses: { attempts, factors, seedOpener, sessions, totp },

  async handle({ body, actor, attempts, factors, seedOpener, sessions, totp, session, now, about, commit, fail }) {
    const { userId, sessionId } = actor
    about({ sessionId })
    const [inSession, inDay, factor] = await Promise.all([
      attempts.take('mfa-challenge', sessionId),
      attempts.take('mfa-day', userId),
      factors.reserve(userId, 'active'),
    ])
    if (!inSession.allowed || !inDay.allowed) {
      // No code was looked at: what else was counted for it is not spent.
      if (factor) await factors.unreserve(userId)
      if (!inSession.allowed) await attempts.undo('mfa-day', userId)
      return fail('too-many-attempts')
    }
    if (!factor) return fail('mfa-not-set-up')

    const isTotp = body.code.length === 6
    const step = isTotp ? totp.step(await seedOpener.open(userId, factor.seed), body.code) : undefined
    if (isTotp && step === undefined) return fail('code-refused')

    const { session: before, user } = session.current()
    const opening = afterSecondFactor([...before.amr, isTotp ? 'otp' : 'rc'], now)
    const opened = sessions.open(user, sessionId, opening, before)
    await commit(
      ...(step === undefined
        ? [factors.redeem(userId, totp.backupHash(body.code)), factors.forgive(factor)]
        : [factors.accept(factor, step)]),
      attempts.giveBack('mfa-day', userId),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
