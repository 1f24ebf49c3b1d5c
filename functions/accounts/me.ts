import { userViewOf } from '../../shared/domain/accounts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { UserView } from '../../shared/schema/identity.ts'

/** Shows the caller's own account. It was read to authenticate them, so it costs nothing more. */
export default defineAction({
  summary: 'Show my account',
  route: 'GET /accounts/me',
  allow: 'signed-in',
  reply: { status: 200, schema: UserView },
  audit: { action: 'R', entity: 'User/{userId}' },
  limit: 'read',
  timeout: 5,

  async handle({ session, actor, about }) {
    about({ userId: actor.userId, patientId: actor.patientId })
    return userViewOf(session.current().user)
  },
})
