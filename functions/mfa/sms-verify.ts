import * as z from 'zod'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterSmsCode } from '../../shared/domain/signIn.ts'
import { openChallenge } from '../../shared/domain/texts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { isWorkforce } from '../../shared/kernel/permissions.ts'
import { sameText } from '../../shared/kernel/sameText.ts'
import { attempts } from '../../shared/ports/attempts.ts'
import { smsFactors } from '../../shared/ports/factors.ts'
import { links } from '../../shared/ports/links.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { SessionView, SmsCode } from '../../shared/schema/identity.ts'

/**
 * Completes a patient's sign-in with the code that was sent for it. The attempt is counted before the code is looked at, and the
 * code is used up in the transaction that opens the session. That session has shown nothing that allows a step-up.
 */
export default defineAction({
  summary: 'Show a code from a text message',
  route: 'POST /mfa/sms/verify',
  allow: 'pending-mfa',
  body: z.strictObject({ code: SmsCode }),
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'code-refused', 'mfa-not-owed', 'mfa-not-set-up', 'too-many-attempts'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 5,
  metric: 'SessionsOpened',
  uses: { attempts, links, sessions, smsFactors },

  async handle({ body, actor, attempts, links, sessions, smsFactors, session, now, about, commit, fail }) {
    const { userId, sessionId } = actor
    about({ sessionId })
    const { session: before, user } = session.current()
    if (before.next !== 'mfa-verify') return fail('mfa-not-owed')
    if (isWorkforce(user.role) || !user.factors.includes('sms')) return fail('mfa-not-set-up')
    const [allowed, factor] = await Promise.all([attempts.count(before), smsFactors.reserve(userId)])
    if (!allowed) {
      if (factor) await smsFactors.unreserve(userId)
      return fail('too-many-attempts')
    }
    if (!factor) return fail('mfa-not-set-up')
    const challenge = openChallenge(factor, sessionId, now)
    if (!challenge || !sameText(body.code, await links.code('sms', challenge.ticketId))) return fail('code-refused')

    const opened = sessions.open(user, sessionId, afterSmsCode([...before.amr, 'sms']), before)
    await commit(
      smsFactors.accept(factor, challenge),
      ...attempts.forgive(before),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
