import * as z from 'zod'
import { ticketOf } from '../../shared/domain/accounts.ts'
import { mailboxOf } from '../../shared/domain/mailbox.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { counters } from '../../shared/ports/counters.ts'
import { invitationRegister } from '../../shared/ports/invitations.ts'
import { notices } from '../../shared/ports/notices.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { Email } from '../../shared/schema/people.ts'
import { Instant } from '../../shared/schema/time.ts'

/** Invites a patient to the portal, for a record that there is. Whether the address has an account stays untold. */
export default defineAction({
  summary: 'Invite a patient to the portal',
  route: 'POST /patients/{patientId}/invitation',
  allow: 'patient:invite',
  params: z.object({ patientId: PatientId }),
  body: z.strictObject({ email: Email }),
  reply: { status: 202, schema: z.strictObject({ expiresAt: Instant }).meta({ id: 'Invited' }) },
  problems: ['patient-not-found', 'too-many-messages'],
  audit: { action: 'C', entity: 'Invitation/{ticketId}' },
  limit: 'write',
  timeout: 5,
  uses: { counters, invitationRegister, notices, patientCheck },

  async handle({ params, body, actor, session, now, newId, about, commit, fail, ...ports }) {
    const { counters, invitationRegister, notices, patientCheck } = ports
    const { practiceId, practiceSlug } = session.current().user
    const { email } = body
    const { allowed } = await counters.take('mailbox', mailboxOf(practiceSlug, email))
    if (!allowed) return fail('too-many-messages')

    const { patientId } = params
    const ticketId = newId('tkt')
    const ticket = ticketOf(ticketId, { practiceId: actor.practiceId }, 'invitation', now)
    about({ ticketId, patientId })
    await commit(
      ...invitationRegister.issue({ ...ticket, practiceSlug, email, role: 'patient', patientId }),
      notices.send({ noticeId: newId('ntc'), practiceId, kind: 'invitation', to: { email }, ticketId }),
      patientCheck.mustExist(patientId),
    )
    return { expiresAt: ticket.expiresAt }
  },
})
