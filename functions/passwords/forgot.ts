import * as z from 'zod'
import { ticketOf } from '../../shared/domain/accounts.ts'
import { mailboxOf } from '../../shared/domain/mailbox.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { counters } from '../../shared/ports/counters.ts'
import { notices } from '../../shared/ports/notices.ts'
import { resetRegister } from '../../shared/ports/resets.ts'
import { logins } from '../../shared/ports/users.ts'
import { PracticeSlug } from '../../shared/schema/identity.ts'
import { Email } from '../../shared/schema/people.ts'

/** Whose mail goes nowhere: the reserved name of RFC 2606 §2. */
const nobody = 'nobody@haven.invalid'

/**
 * Sends a link to reset a password, to whoever has an account. Whoever has none gets the same answer after the same work: a
 * reset of nobody that is over already, and a message that counts as sent.
 */
export default defineAction({
  summary: 'Ask for a new password',
  route: 'POST /passwords/forgot',
  allow: 'anyone',
  body: z.strictObject({ practice: PracticeSlug, email: Email }),
  reply: { status: 204, schema: z.undefined() },
  audit: { action: 'E', entity: 'User/{userId}' },
  limit: 'credential',
  timeout: 5,
  uses: { counters, logins, notices, resetRegister },

  async handle({ body, counters, logins, notices, resetRegister, now, newId, about, commit }) {
    const [{ allowed }, user] = await Promise.all([
      counters.take('mailbox', mailboxOf(body.practice, body.email)),
      logins.byLogin(body.practice, body.email),
    ])
    const noticeId = newId('ntc')
    if (user) about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })
    if (user?.status === 'active' && allowed) {
      const { ticketId, ...ticket } = ticketOf(newId('tkt'), user, 'reset', now)
      await commit(
        resetRegister.issue({ ticketId, ...ticket, email: user.email }),
        notices.tell(noticeId, user, 'password-reset', ticketId),
      )
    } else {
      const practiceId = newId('prc')
      const { ticketId, ...ticket } = ticketOf(newId('tkt'), { practiceId }, 'reset', now)
      const to = { email: nobody }
      await commit(
        resetRegister.issue({ ticketId, ...ticket, expiresAt: now, email: nobody }),
        notices.send({ noticeId, practiceId, kind: 'password-reset', to, ticketId, sentAt: now }),
      )
    }
    return undefined
  },
})
