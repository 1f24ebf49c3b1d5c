import * as z from 'zod'
import { mayChange, ticketOf, userViewOf, withEmail } from '../../shared/domain/accounts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { emailChanges } from '../../shared/ports/emailChanges.ts'
import { links } from '../../shared/ports/links.ts'
import { notices } from '../../shared/ports/notices.ts'
import { undoRegister } from '../../shared/ports/undos.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { UserView } from '../../shared/schema/identity.ts'
import { LinkToken } from '../../shared/schema/tickets.ts'

/**
 * Changes the e-mail to the one whose mail was read. Only in a session of the account: a stranger whose address was given by
 * mistake has the link and must not get the account with it. The old address is told, with a link that undoes it.
 */
export default defineAction({
  summary: 'Confirm my new e-mail address',
  route: 'POST /accounts/me/email/confirmation',
  allow: 'signed-in',
  body: z.strictObject({ token: LinkToken }),
  reply: { status: 200, schema: UserView },
  problems: ['link-refused', 'too-many-changes'],
  audit: { action: 'U', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  uses: { emailChanges, links, notices, ownUser, undoRegister },

  async handle({ body, session, emailChanges, links, notices, ownUser, undoRegister, now, newId, ...tools }) {
    const { about, commit, fail } = tools
    const { user } = session.current()
    about({ userId: user.userId, patientId: user.patientId })
    const ticketId = await links.open('email', body.token)
    const asked = ticketId && (await emailChanges.find(ticketId))
    if (!asked || asked.userId !== user.userId || asked.from !== user.email) return fail('link-refused')
    if (asked.to === user.email) return fail('link-refused')
    if (!mayChange(user, now)) return fail('too-many-changes')

    const undo = ticketOf(newId('tkt'), user, 'undo', now)
    const change = withEmail(user, asked.to, undo.ticketId, now)
    const after = { ...user, ...change, updatedAt: now }
    await commit(
      ownUser.amend(user, change),
      ownUser.takeLogin(after),
      ownUser.leaveLogin(user),
      emailChanges.redeem(asked),
      undoRegister.issue(undo),
      notices.tell(newId('ntc'), user, 'email-changed', undo.ticketId),
    )
    return userViewOf(after)
  },
})
