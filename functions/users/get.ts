import * as z from 'zod'
import { userViewOf } from '../../shared/domain/accounts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { userDirectory } from '../../shared/ports/users.ts'
import { UserView } from '../../shared/schema/identity.ts'
import { UserId } from '../../shared/schema/ids.ts'

/** Shows one of the practice's users: who they are, and how they sign in. */
export default defineAction({
  summary: 'Show a user',
  route: 'GET /users/{userId}',
  allow: 'user:read',
  params: z.object({ userId: UserId }),
  reply: { status: 200, schema: UserView },
  problems: ['user-not-found'],
  audit: { action: 'R', entity: 'User/{userId}' },
  limit: 'read',
  timeout: 5,
  uses: { userDirectory },

  async handle({ params, userDirectory, about, fail }) {
    const user = await userDirectory.find(params.userId)
    if (!user) return fail('user-not-found')
    about({ patientId: user.patientId })
    return userViewOf(user)
  },
})
