import { newChallenge, sentView } from '../../shared/domain/texts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { isWorkforce } from '../../shared/kernel/permissions.ts'
import { smsFactors, texts } from '../../shared/ports/factors.ts'
import { links } from '../../shared/ports/links.ts'
import { notices } from '../../shared/ports/notices.ts'
import { CodeSent } from '../../shared/schema/identity.ts'

/**
 * Sends a code to the phone of a patient who has shown the password and owes a second factor. It is bound to this very sign-in,
 * and one that was sent before works no more.
 */
export default defineAction({
  summary: 'Send a code by text message',
  route: 'POST /mfa/sms/send',
  allow: 'pending-mfa',
  reply: { status: 200, schema: CodeSent },
  problems: ['mfa-not-owed', 'mfa-not-set-up', 'too-many-texts'],
  audit: { action: 'E', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 5,
  metric: 'TextsSent',
  uses: { links, notices, smsFactors, texts },

  async handle({ actor, links, notices, smsFactors, texts, now, newId, session, commit, fail }) {
    const { userId, practiceId, sessionId } = actor
    const { session: current, user } = session.current()
    if (current.next !== 'mfa-verify') return fail('mfa-not-owed')
    if (isWorkforce(user.role) || !user.factors.includes('sms')) return fail('mfa-not-set-up')
    const factor = await smsFactors.find(userId)
    if (!factor) return fail('mfa-not-set-up')

    const { phone } = factor
    const ticketId = newId('tkt')
    const challenge = newChallenge(ticketId, sessionId, now)
    await commit(
      smsFactors.challenge(factor, challenge),
      texts.spend('number', await links.blind(phone)),
      texts.spend('user', userId),
      texts.spend('practice', practiceId),
      notices.send({ noticeId: newId('ntc'), practiceId, userId, kind: 'sms-code', to: { phone }, ticketId }),
    )
    return sentView(phone, challenge, now)
  },
})
