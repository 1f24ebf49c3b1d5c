import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { notices } from '../../shared/ports/notices.ts'
import { ownUser } from '../../shared/ports/users.ts'

/** Ends every session of the caller, this one too, and the trust in every browser: one write, in force at the next request. */
export default defineAction({
  summary: 'Sign out everywhere',
  route: 'DELETE /sessions',
  allow: 'signed-in',
  reply: { status: 204, schema: z.undefined() },
  audit: { action: 'D', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  idle: 'stays',
  uses: { notices, ownUser },

  async handle({ notices, ownUser, device, session, newId, commit }) {
    const { user } = session.current()
    await commit(ownUser.endSessions(user), notices.tell(newId('ntc'), user, 'sessions-ended'))
    session.leave()
    device.forget()
    return undefined
  },
})
