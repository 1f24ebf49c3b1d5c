import * as z from 'zod'
import { mayChange, mayReset, ticketOf, withPassword } from '../../shared/domain/accounts.ts'
import { refusalOf } from '../../shared/domain/passwords/choice.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { breached } from '../../shared/ports/breached.ts'
import { links } from '../../shared/ports/links.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passwords } from '../../shared/ports/passwords.ts'
import { practices } from '../../shared/ports/practices.ts'
import { resets } from '../../shared/ports/resets.ts'
import { undoRegister } from '../../shared/ports/undos.ts'
import { ticketHolders } from '../../shared/ports/users.ts'
import { NewPassword } from '../../shared/schema/passwords.ts'
import { LinkToken } from '../../shared/schema/tickets.ts'

/**
 * Sets a new password by the link of a mail, once. It signs nobody in: whoever has a second factor must show it as ever. All
 * sessions end, and with the password every other reset that was asked for.
 */
export default defineAction({
  summary: 'Reset a password',
  route: 'POST /passwords/reset',
  allow: 'anyone',
  body: z.strictObject({ token: LinkToken, password: NewPassword }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['link-refused', 'password-refused', 'too-many-changes'],
  audit: { action: 'U', entity: 'User/{userId}' },
  limit: 'credential',
  timeout: 10,
  memory: 1769,
  metric: 'PasswordsReset',
  uses: { breached, links, notices, passwords, practices, resets, ticketHolders, undoRegister },

  async handle({ body, now, newId, about, commit, fail, ...ports }) {
    const { breached, links, notices, passwords, practices, resets, ticketHolders, undoRegister } = ports
    const ticketId = await links.open('reset', body.token)
    const reset = ticketId && (await resets.find(ticketId))
    const user = reset && (await ticketHolders.holder(reset))
    if (user) about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })
    if (!user || !mayReset(user, reset)) return fail('link-refused')

    const { email, displayName } = user
    const refusal = await refusalOf(body.password, { practice: await practices.of(user), email, displayName }, breached)
    if (refusal) return fail('password-refused', [{ path: 'body.password', message: refusal }])
    if (!mayChange(user, now)) return fail('too-many-changes')

    const undo = ticketOf(newId('tkt'), user, 'undo', now)
    const change = withPassword(user, await passwords.hash(body.password), undo.ticketId, now)
    await commit(
      ticketHolders.amend(user, { ...change, emailVerifiedAt: now }),
      resets.redeem(reset),
      undoRegister.issue(undo),
      notices.tell(newId('ntc'), user, 'password-changed', undo.ticketId),
    )
    return undefined
  },
})
