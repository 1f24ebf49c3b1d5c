import * as z from 'zod'
import { newBackupCodes } from '../../shared/domain/backupCodes.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterSecondFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { attempts } from '../../shared/ports/attempts.ts'
import { factors } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { seedOpener } from '../../shared/ports/seeds.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { totp } from '../../shared/ports/totp.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { WithBackupCodes } from '../../shared/schema/identity.ts'

/**
 * Enables the authenticator once it has shown a right code, in the place of the one before, and gives out new backup codes. The
 * session is renewed, and every other one of the user ends.
 */
export default defineAction({
  summary: 'Enable the authenticator app',
  route: 'POST /mfa/enable',
  allow: 'pending-mfa',
  body: z.strictObject({ code: z.string().regex(/^\d{6}$/, 'must be 6 digits') }),
  reply: { status: 200, schema: WithBackupCodes.meta({ id: 'MfaEnabled' }) },
  problems: ['already-refreshed', 'code-refused', 'mfa-not-set-up', 'too-many-attempts'],
  audit: { action: 'U', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 10,
  uses: { attempts, factors, notices, ownUser, seedOpener, sessions, totp },

  async handle({ body, actor, attempts, factors, now, newId, newText, session, commit, fail, ...ports }) {
    const { userId, practiceId, sessionId } = actor
    const { session: before, user } = session.current()
    const [allowed, pending, { codeHashes }] = await Promise.all([
      attempts.count(before),
      factors.reserve(userId, 'pending'),
      factors.of(userId),
    ])
    if (!allowed) {
      if (pending) await factors.unreserve(userId, 'pending')
      return fail('too-many-attempts')
    }
    if (!pending) return fail('mfa-not-set-up')
    const step = ports.totp.step(await ports.seedOpener.open(userId, pending.seed), body.code)
    if (step === undefined) return fail('code-refused')

    const codes = newBackupCodes(newText)
    const renewed = ports.ownUser.withFactor(user, 'totp')
    const opened = ports.sessions.open(renewed.user, sessionId, afterSecondFactor([...before.amr, 'otp'], now), before)
    await commit(
      ...factors.enable(pending, step),
      renewed.write,
      ...factors.voidBackupCodes(userId, codeHashes),
      ...codes.map(({ codeHash }) => factors.addBackupCode({ practiceId, userId, codeHash, createdAt: now })),
      ports.notices.tell(newId('ntc'), user, 'factor-added'),
      ...attempts.forgive(before),
      ports.sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return { session: viewOf(opened, now), backupCodes: codes.map(({ shown }) => shown) }
  },
})
