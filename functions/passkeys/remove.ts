import * as z from 'zod'
import { isLastFactor } from '../../shared/domain/passkeys/lastFactor.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passkeyRecords } from '../../shared/ports/passkeys.ts'
import { practices } from '../../shared/ports/practices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { SessionView } from '../../shared/schema/identity.ts'
import { PasskeyId } from '../../shared/schema/ids.ts'

/** Removes one of the caller's passkeys. Every other session ends, for one of them may be the thief's that it is removed for. */
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
  uses: { notices, ownUser, passkeyRecords, practices, sessions },

  async handle({ params, actor, now, newId, session, sessions, commit, fail, ...ports }) {
    const [own, { signIn }] = await Promise.all([ports.passkeyRecords.ofUser(actor), ports.practices.mine()])
    const passkey = own.find(({ passkeyId }) => passkeyId === params.passkeyId)
    if (!passkey) return fail('passkey-not-found')
    const { session: before, user } = session.current()
    if (isLastFactor(user, signIn, now)) return fail('last-factor')

    const renewed = ports.ownUser.withPasskeys(user, -1)
    const { aal, amr, next, verifiedAt } = before
    const opened = sessions.open(renewed.user, actor.sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      ports.passkeyRecords.remove(passkey),
      renewed.write,
      ports.notices.tell(newId('ntc'), user, 'factor-removed'),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
