import * as z from 'zod'
import { strongFactors } from '../../shared/domain/enrolling.ts'
import { newChallenge, sentView, smsRisk } from '../../shared/domain/texts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { smsFactors, texts } from '../../shared/ports/factors.ts'
import { links } from '../../shared/ports/links.ts'
import { notices } from '../../shared/ports/notices.ts'
import { CodeSent } from '../../shared/schema/identity.ts'
import { Phone } from '../../shared/schema/people.ts'

/**
 * Sends a code to a patient's phone, which is to get codes from now on, and says what that risks. It counts for nothing until
 * `mfa.sms-enable` has seen the code; and only beside an app or a passkey, for which it stands in.
 */
export default defineAction({
  summary: 'Set up codes by text message',
  route: 'POST /mfa/sms/setup',
  allow: 'sms-factor:manage',
  stepUp: true,
  body: z.strictObject({ phone: Phone }),
  reply: {
    status: 200,
    schema: CodeSent.extend({
      /** To be shown to the user, who takes it on by `riskAccepted`. */
      risk: z.string(),
    }).meta({ id: 'SmsSetUp' }),
  },
  problems: ['mfa-already-enabled', 'stronger-factor-needed', 'too-many-texts'],
  audit: { action: 'C', entity: 'Factor/{userId}' },
  limit: 'write',
  timeout: 5,
  metric: 'TextsSent',
  uses: { links, notices, smsFactors, texts },

  async handle({ body, actor, links, notices, smsFactors, texts, now, newId, session, commit, fail }) {
    const { userId, practiceId, sessionId } = actor
    const { phone } = body
    if (strongFactors(session.current().user).length === 0) return fail('stronger-factor-needed')
    const [before, number] = await Promise.all([smsFactors.find(userId), links.blind(phone)])
    if (before?.status === 'active') return fail('mfa-already-enabled')

    const ticketId = newId('tkt')
    const challenge = newChallenge(ticketId, sessionId, now)
    await commit(
      smsFactors.setUp(userId, phone, challenge, before),
      texts.spend('number', number),
      texts.spend('user', userId),
      texts.spend('practice', practiceId),
      notices.send({ noticeId: newId('ntc'), practiceId, userId, kind: 'sms-code', to: { phone }, ticketId }),
    )
    return { ...sentView(phone, challenge, now), risk: smsRisk }
  },
})
