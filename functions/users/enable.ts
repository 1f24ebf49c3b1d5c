import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { notices } from '../../shared/ports/notices.ts'
import { userRecords } from '../../shared/ports/users.ts'
import { UserId } from '../../shared/schema/ids.ts'

/** Enables a user. Their old sessions stay dead. */
export default defineAction({
  summary: 'Enable a user',
  route: 'POST /users/{userId}/enable',
  allow: 'user:manage',
  params: z.object({ userId: UserId }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['own-account', 'user-not-found'],
  audit: { action: 'U', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { notices, userRecords },

  async handle({ params, actor, session, notices, userRecords, newId, about, commit, fail }) {
    if (params.userId === actor.userId) return fail('own-account')
    const user = await userRecords.find(params.userId)
    if (!user) return fail('user-not-found')
    about({ patientId: user.patientId })
    if (user.status === 'active') return undefined
    await commit(
      userRecords.amend(user, { status: 'active', sessionEpoch: user.sessionEpoch + 1 }),
      userRecords.stillManages(session.current().user),
      notices.tell(newId('ntc'), user, 'account-enabled'),
    )
    return undefined
  },
})
