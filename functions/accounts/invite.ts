import * as z from 'zod'
import { ticketOf } from '../../shared/domain/accounts.ts'
import { mailboxOf } from '../../shared/domain/mailbox.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { counters } from '../../shared/ports/counters.ts'
import { invitationRegister } from '../../shared/ports/invitations.ts'
import { notices } from '../../shared/ports/notices.ts'
import { practitionerCheck } from '../../shared/ports/practitioners.ts'
import { Role } from '../../shared/schema/identity.ts'
import { PractitionerId } from '../../shared/schema/ids.ts'
import { Email } from '../../shared/schema/people.ts'
import { Instant } from '../../shared/schema/time.ts'

/** Invites somebody to work here. The answer is the same whether the address has an account or not. */
export default defineAction({
  summary: 'Invite somebody of the workforce',
  route: 'POST /invitations',
  allow: 'user:invite',
  body: z.strictObject({
    email: Email,
    role: Role.exclude(['patient']),
    /** The practitioner that they are. */
    practitionerId: PractitionerId.optional(),
  }),
  reply: { status: 202, schema: z.strictObject({ expiresAt: Instant }).meta({ id: 'Invited' }) },
  problems: ['practitioner-not-found', 'too-many-messages'],
  audit: { action: 'C', entity: 'Invitation/{ticketId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { counters, invitationRegister, notices, practitionerCheck },

  async handle({ body, actor, session, now, newId, about, commit, fail, ...ports }) {
    const { counters, invitationRegister, notices, practitionerCheck } = ports
    const { practiceId, practiceSlug } = session.current().user
    const { email, role, practitionerId } = body
    const { allowed } = await counters.take('mailbox', mailboxOf(practiceSlug, email))
    if (!allowed) return fail('too-many-messages')

    const ticketId = newId('tkt')
    const ticket = ticketOf(ticketId, { practiceId: actor.practiceId }, 'invitation', now)
    about({ ticketId })
    await commit(
      ...invitationRegister.issue({ ...ticket, practiceSlug, email, role, practitionerId }),
      notices.send({ noticeId: newId('ntc'), practiceId, kind: 'invitation', to: { email }, ticketId }),
      ...(practitionerId ? [practitionerCheck.mustExist(practitionerId)] : []),
    )
    return { expiresAt: ticket.expiresAt }
  },
})
