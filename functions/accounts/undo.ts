import * as z from 'zod'
import { ticketOf, undone } from '../../shared/domain/accounts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { links } from '../../shared/ports/links.ts'
import { notices } from '../../shared/ports/notices.ts'
import { resetRegister } from '../../shared/ports/resets.ts'
import { undos } from '../../shared/ports/undos.ts'
import { ticketHolders } from '../../shared/ports/users.ts'
import { LinkToken } from '../../shared/schema/tickets.ts'

/**
 * Undoes a change of e-mail or password and all that came after it, and locks the account: every session ends, the password
 * is gone, and a reset goes to the e-mail that is there again. Who undoes has shown a mailbox, which signs nobody in.
 */
export default defineAction({
  summary: 'Undo a change of my account',
  route: 'POST /accounts/undo',
  allow: 'anyone',
  body: z.strictObject({ token: LinkToken }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['link-refused'],
  audit: { action: 'U', entity: 'User/{userId}' },
  limit: 'credential',
  timeout: 5,
  metric: 'ChangesUndone',
  uses: { links, notices, resetRegister, ticketHolders, undos },

  async handle({ body, links, notices, resetRegister, ticketHolders, undos, now, newId, about, commit, fail }) {
    const ticketId = await links.open('undo', body.token)
    const ticket = ticketId && (await undos.find(ticketId))
    const user = ticket && (await ticketHolders.holder(ticket))
    if (user) about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })
    const change = user?.status === 'active' && ticketId ? undone(user, ticketId, now) : undefined
    if (!ticket || !user || !change) return fail('link-refused')

    const restored = { ...user, ...change }
    const reset = ticketOf(newId('tkt'), user, 'reset', now)
    await commit(
      ticketHolders.amend(user, change),
      ...(restored.email === user.email ? [] : [ticketHolders.takeLogin(restored), ticketHolders.freeLogin(user)]),
      undos.redeem(ticket),
      resetRegister.issue({ ...reset, email: restored.email }),
      notices.tell(newId('ntc'), restored, 'password-reset', reset.ticketId),
    )
    return undefined
  },
})
