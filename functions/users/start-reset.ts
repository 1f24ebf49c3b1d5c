import * as z from 'zod'
import { ticketOf } from '../../shared/domain/accounts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { counters } from '../../shared/ports/counters.ts'
import { notices } from '../../shared/ports/notices.ts'
import { resetRegister } from '../../shared/ports/resets.ts'
import { userDirectory } from '../../shared/ports/users.ts'
import { UserId } from '../../shared/schema/ids.ts'

/** Sends a user the link to reset their password. An administrator starts it, and never chooses or sees a password. */
export default defineAction({
  summary: 'Start a password reset for a user',
  route: 'POST /users/{userId}/password-reset',
  allow: 'user:manage',
  params: z.object({ userId: UserId }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['too-many-messages', 'user-not-found'],
  audit: { action: 'E', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { counters, notices, resetRegister, userDirectory },

  async handle({ params, counters, notices, resetRegister, userDirectory, now, newId, about, commit, fail }) {
    const [user, { allowed }] = await Promise.all([
      userDirectory.find(params.userId),
      counters.take('mailbox', params.userId),
    ])
    if (user?.status !== 'active') return fail('user-not-found')
    about({ patientId: user.patientId })
    if (!allowed) return fail('too-many-messages')
    const reset = ticketOf(newId('tkt'), user, 'reset', now)
    await commit(
      resetRegister.issue({ ...reset, email: user.email }),
      notices.tell(newId('ntc'), user, 'password-reset', reset.ticketId),
    )
    return undefined
  },
})
