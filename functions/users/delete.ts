import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { credentials } from '../../shared/ports/credentials.ts'
import { notices } from '../../shared/ports/notices.ts'
import { userRemoval } from '../../shared/ports/users.ts'
import { UserId } from '../../shared/schema/ids.ts'

/**
 * Deletes a user, with all that they sign in with. No session outlives its user, and the e-mail is free at once. The patient's record and the trail of what the
 * user did stay: they are not the account's.
 */
export default defineAction({
  summary: 'Delete a user',
  route: 'DELETE /users/{userId}',
  allow: 'user:manage',
  params: z.object({ userId: UserId }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['own-account', 'user-not-found'],
  audit: { action: 'D', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { credentials, notices, userRemoval },

  async handle({ params, actor, session, credentials, notices, userRemoval, newId, about, commit, fail }) {
    if (params.userId === actor.userId) return fail('own-account')
    const [user, keys] = await Promise.all([userRemoval.find(params.userId), credentials.keysOf(params.userId)])
    if (!user) return fail('user-not-found')
    about({ patientId: user.patientId })
    await commit(
      userRemoval.remove(user),
      ...credentials.remove(keys),
      userRemoval.freeLogin(user),
      userRemoval.stillManages(session.current().user),
      notices.tell(newId('ntc'), user, 'account-deleted'),
    )
    return undefined
  },
})
