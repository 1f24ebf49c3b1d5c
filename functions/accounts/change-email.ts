import * as z from 'zod'
import { ticketOf } from '../../shared/domain/accounts.ts'
import { mailboxOf } from '../../shared/domain/mailbox.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { counters } from '../../shared/ports/counters.ts'
import { emailChangeRegister } from '../../shared/ports/emailChanges.ts'
import { notices } from '../../shared/ports/notices.ts'
import { Email } from '../../shared/schema/people.ts'
import { Instant } from '../../shared/schema/time.ts'

/** Sends a link to a new address. Nothing changes before it is opened, and whether the address is taken stays untold. */
export default defineAction({
  summary: 'Ask to change my e-mail address',
  route: 'POST /accounts/me/email',
  allow: 'signed-in',
  body: z.strictObject({ email: Email }),
  reply: { status: 202, schema: z.strictObject({ expiresAt: Instant }).meta({ id: 'EmailChangeAsked' }) },
  problems: ['too-many-messages'],
  audit: { action: 'E', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { counters, emailChangeRegister, notices },

  async handle({ body, session, now, newId, about, commit, fail, ...ports }) {
    const { counters, emailChangeRegister, notices } = ports
    const { user } = session.current()
    const { practiceId, userId, patientId } = user
    about({ userId, patientId })
    // By address, for whoever reads it, and by user, who could name a thousand addresses.
    const taken = await Promise.all(
      [mailboxOf(user.practiceSlug, body.email), userId].map(subject => counters.take('mailbox', subject)),
    )
    if (taken.some(({ allowed }) => !allowed)) return fail('too-many-messages')

    const ticketId = newId('tkt')
    const ticket = ticketOf(ticketId, user, 'email', now)
    const to = { email: body.email }
    await commit(
      emailChangeRegister.issue({ ...ticket, from: user.email, to: body.email }),
      notices.send({ noticeId: newId('ntc'), practiceId, userId, kind: 'email-confirmation', to, ticketId }),
    )
    return { expiresAt: ticket.expiresAt }
  },
})
