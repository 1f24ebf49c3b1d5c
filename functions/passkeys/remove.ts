import * as z from 'zod'
import { strongFactors } from '../../shared/domain/enrolling.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { mustHaveFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { factorRemoval, smsFactors } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passkeyRecords } from '../../shared/ports/passkeys.ts'
import { practices } from '../../shared/ports/practices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { SessionView } from '../../shared/schema/identity.ts'
import { PasskeyId } from '../../shared/schema/ids.ts'

/**
 * Removes one of the caller's passkeys. What only stands in for a factor goes with the last one: backup codes and the phone.
 * Every other session ends, for one of them may be the thief's that it is removed for.
 */
export default defineAction({
  summary: 'Remove a passkey',
  route: 'DELETE /passkeys/{passkeyId}',
  allow: 'signed-in',
  stepUp: true,
  params: z.strictObject({ passkeyId: PasskeyId }),
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'last-factor', 'passkey-not-found'],
  audit: { action: 'D', entity: 'Passkey/{passkeyId}' },
  limit: 'write',
  timeout: 5,
  uses: { factorRemoval, notices, ownUser, passkeyRecords, practices, sessions, smsFactors },

  async handle({ params, actor, now, newId, session, sessions, commit, fail, ...ports }) {
    const [own, { sms, codeHashes }, { signIn }] = await Promise.all([
      ports.passkeyRecords.ofUser(actor),
      ports.factorRemoval.of(actor.userId),
      ports.practices.mine(),
    ])
    const passkey = own.find(({ passkeyId }) => passkeyId === params.passkeyId)
    if (!passkey) return fail('passkey-not-found')
    const { session: before, user } = session.current()
    const isLast = (user.passkeys ?? 0) <= 1 && strongFactors(user).every(factor => factor === 'passkey')
    if (isLast && mustHaveFactor(user, signIn, now)) return fail('last-factor')

    const renewed = ports.ownUser.withPasskeys(user, -1, isLast ? ['sms'] : [])
    const { aal, amr, next, verifiedAt } = before
    const opened = sessions.open(renewed.user, actor.sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      ports.passkeyRecords.remove(passkey),
      ...(isLast ? ports.factorRemoval.voidBackupCodes(actor.userId, codeHashes) : []),
      ...(isLast && sms ? [ports.smsFactors.remove(sms)] : []),
      renewed.write,
      ports.notices.tell(newId('ntc'), user, 'factor-removed'),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
