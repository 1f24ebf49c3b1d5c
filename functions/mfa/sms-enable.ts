import * as z from 'zod'
import { strongFactors } from '../../shared/domain/enrolling.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { openChallenge } from '../../shared/domain/texts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { sameText } from '../../shared/kernel/sameText.ts'
import { attempts } from '../../shared/ports/attempts.ts'
import { smsFactors } from '../../shared/ports/factors.ts'
import { links } from '../../shared/ports/links.ts'
import { notices } from '../../shared/ports/notices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { SessionView, SmsCode } from '../../shared/schema/identity.ts'

/**
 * Enables codes by text message once the phone has got one and its user has taken on the risk. The session is renewed, and
 * every other one of the user ends.
 */
export default defineAction({
  summary: 'Enable codes by text message',
  route: 'POST /mfa/sms/enable',
  allow: 'sms-factor:manage',
  stepUp: true,
  body: z.strictObject({
    code: SmsCode,
    /** That the user was shown the risk and takes it (NIST SP 800-63B-4 §3.2.9). */
    riskAccepted: z.literal(true),
  }),
  reply: { status: 200, schema: SessionView },
  problems: [
    'already-refreshed',
    'code-refused',
    'mfa-already-enabled',
    'mfa-not-set-up',
    'stronger-factor-needed',
    'too-many-attempts',
  ],
  audit: { action: 'U', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { attempts, links, notices, ownUser, sessions, smsFactors },

  async handle({ body, actor, attempts, smsFactors, now, newId, session, commit, fail, ...ports }) {
    const { userId, sessionId } = actor
    const { session: before, user } = session.current()
    if (user.factors.includes('sms')) return fail('mfa-already-enabled')
    if (strongFactors(user).length === 0) return fail('stronger-factor-needed')
    const [allowed, factor] = await Promise.all([attempts.count(before), smsFactors.reserve(userId)])
    if (!allowed) {
      if (factor) await smsFactors.unreserve(userId)
      return fail('too-many-attempts')
    }
    if (!factor) return fail('mfa-not-set-up')
    const challenge = openChallenge(factor, sessionId, now)
    if (!challenge || !sameText(body.code, await ports.links.code('sms', challenge.ticketId))) {
      return fail('code-refused')
    }

    const renewed = ports.ownUser.withFactor(user, 'sms')
    const { aal, amr, next, verifiedAt } = before
    const opened = ports.sessions.open(renewed.user, sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      smsFactors.accept(factor, challenge),
      renewed.write,
      ports.notices.tell(newId('ntc'), user, 'factor-added'),
      ...attempts.forgive(before),
      ports.sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
