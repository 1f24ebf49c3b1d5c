import * as z from 'zod'
import { backupCodeCount, newBackupCodes } from '../../shared/domain/backupCodes.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterSecondFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { attempts } from '../../shared/ports/attempts.ts'
import { factors } from '../../shared/ports/factors.ts'
import { seedOpener } from '../../shared/ports/seeds.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { totp } from '../../shared/ports/totp.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { SessionView } from '../../shared/schema/identity.ts'

/** Enables the authenticator once it has shown a right code, gives out the backup codes, and renews the session. */
export default defineAction({
  summary: 'Enable the authenticator app',
  route: 'POST /mfa/enable',
  allow: 'pending-mfa',
  body: z.strictObject({ code: z.string().regex(/^\d{6}$/, 'must be 6 digits') }),
  reply: {
    status: 200,
    schema: z
      .strictObject({
        session: SessionView,
        /** Shown this once. Each works once, where the app is not at hand. */
        backupCodes: z.array(z.string()).length(backupCodeCount),
      })
      .meta({ id: 'MfaEnabled' }),
  },
  problems: ['already-refreshed', 'code-refused', 'mfa-not-set-up', 'too-many-attempts'],
  audit: { action: 'U', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 10,
  uses: { attempts, factors, ownUser, seedOpener, sessions, totp },

  async handle({
    body,
    actor,
    attempts,
    factors,
    ownUser,
    seedOpener,
    sessions,
    totp,
    session,
    now,
    newText,
    commit,
    fail,
  }) {
    const { userId, practiceId, sessionId } = actor
    const [inSession, inDay, factor] = await Promise.all([
      attempts.take('mfa-challenge', sessionId),
      attempts.take('mfa-day', userId),
      factors.reserve(userId, 'pending'),
    ])
    if (!inSession.allowed || !inDay.allowed) {
      // No code was looked at: what else was counted for it is not spent.
      if (factor) await factors.unreserve(userId)
      if (!inSession.allowed) await attempts.undo('mfa-day', userId)
      return fail('too-many-attempts')
    }
    if (!factor) return fail('mfa-not-set-up')
    const step = totp.step(await seedOpener.open(userId, factor.seed), body.code)
    if (step === undefined) return fail('code-refused')

    const codes = newBackupCodes(newText)
    const { session: before, user } = session.current()
    const opened = sessions.open(user, sessionId, afterSecondFactor([...before.amr, 'otp'], now), before)
    await commit(
      factors.accept(factor, step),
      ownUser.withFactor(user, 'totp'),
      ...codes.map(({ codeHash }) => factors.addBackupCode({ practiceId, userId, codeHash, createdAt: now })),
      attempts.giveBack('mfa-day', userId),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return { session: viewOf(opened, now), backupCodes: codes.map(({ shown }) => shown) }
  },
})
