import { strongFactors } from '../../shared/domain/enrolling.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { mustHaveFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { factorRemoval, smsFactors } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { practices } from '../../shared/ports/practices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { SessionView } from '../../shared/schema/identity.ts'

/**
 * Removes the authenticator. What only stands in for a factor goes with the last one: backup codes and the phone. The session is
 * renewed, and every other one of the user ends.
 */
export default defineAction({
  summary: 'Remove the authenticator app',
  route: 'POST /mfa/disable',
  allow: 'signed-in',
  stepUp: true,
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'last-factor', 'mfa-not-set-up'],
  audit: { action: 'D', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { factorRemoval, notices, ownUser, practices, sessions, smsFactors },

  async handle({ actor, factorRemoval, now, newId, session, commit, fail, ...ports }) {
    const { userId, sessionId } = actor
    const { session: before, user } = session.current()
    const [{ totp, sms, codeHashes }, { signIn }] = await Promise.all([
      factorRemoval.of(userId),
      ports.practices.mine(),
    ])
    if (!totp) return fail('mfa-not-set-up')
    const isLast = strongFactors(user).every(factor => factor === 'totp')
    if (isLast && mustHaveFactor(user, signIn, now)) return fail('last-factor')

    const renewed = ports.ownUser.withoutFactors(user, isLast ? ['totp', 'sms'] : ['totp'])
    const { aal, amr, next, verifiedAt } = before
    const opened = ports.sessions.open(renewed.user, sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      factorRemoval.remove(totp),
      ...(isLast ? factorRemoval.voidBackupCodes(userId, codeHashes) : []),
      ...(isLast && sms ? [ports.smsFactors.remove(sms)] : []),
      renewed.write,
      ports.notices.tell(newId('ntc'), user, 'factor-removed'),
      ports.sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
