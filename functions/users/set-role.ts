import * as z from 'zod'
import { userViewOf } from '../../shared/domain/accounts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { isWorkforce } from '../../shared/kernel/permissions.ts'
import { notices } from '../../shared/ports/notices.ts'
import { practitionerCheck } from '../../shared/ports/practitioners.ts'
import { userRecords } from '../../shared/ports/users.ts'
import { Role, UserView } from '../../shared/schema/identity.ts'
import { PractitionerId, UserId } from '../../shared/schema/ids.ts'

/**
 * Gives a member of the workforce another role. Their sessions end, so the new one holds from their next request on. Nobody
 * changes their own, and only an administrator changes others': so a practice never loses its last one.
 */
export default defineAction({
  summary: 'Change the role of a user',
  route: 'PUT /users/{userId}/role',
  allow: 'user:manage',
  params: z.object({ userId: UserId }),
  body: z.strictObject({
    role: Role.exclude(['patient']),
    /** The practitioner that they are. */
    practitionerId: PractitionerId.optional(),
  }),
  reply: { status: 200, schema: UserView },
  problems: ['own-account', 'practitioner-not-found', 'role-refused', 'user-not-found'],
  audit: { action: 'U', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { notices, practitionerCheck, userRecords },

  async handle({ params, body, actor, session, notices, practitionerCheck, userRecords, now, newId, commit, fail }) {
    if (params.userId === actor.userId) return fail('own-account')
    const user = await userRecords.find(params.userId)
    if (!user) return fail('user-not-found')
    if (!isWorkforce(user.role)) return fail('role-refused')
    const { role, practitionerId } = body
    const change = { role, practitionerId, sessionEpoch: user.sessionEpoch + 1 }
    await commit(
      userRecords.amend(user, change),
      userRecords.stillManages(session.current().user),
      notices.tell(newId('ntc'), user, 'role-changed'),
      ...(practitionerId ? [practitionerCheck.mustExist(practitionerId)] : []),
    )
    return userViewOf({ ...user, ...change, updatedAt: now })
  },
})
