import { viewOf } from '../../shared/domain/sessionView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { smsFactors } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { SessionView } from '../../shared/schema/identity.ts'

/** Sends no codes to the phone any more. The session is renewed, and every other one of the user ends. */
export default defineAction({
  summary: 'Remove codes by text message',
  route: 'POST /mfa/sms/disable',
  allow: 'sms-factor:manage',
  stepUp: true,
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'mfa-not-set-up'],
  audit: { action: 'D', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { notices, ownUser, sessions, smsFactors },

  async handle({ actor, notices, ownUser, sessions, smsFactors, now, newId, session, commit, fail }) {
    const factor = await smsFactors.find(actor.userId)
    if (factor?.status !== 'active') return fail('mfa-not-set-up')
    const { session: before, user } = session.current()
    const renewed = ownUser.withoutFactors(user, ['sms'])
    const { aal, amr, next, verifiedAt } = before
    const opened = sessions.open(renewed.user, actor.sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      smsFactors.remove(factor),
      renewed.write,
      notices.tell(newId('ntc'), user, 'factor-removed'),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
