import * as z from 'zod'
import { userViewOf } from '../../shared/domain/accounts.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { notices } from '../../shared/ports/notices.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { UserView } from '../../shared/schema/identity.ts'
import { Phone, text } from '../../shared/schema/people.ts'

/** Replaces what the caller's account says of them; what is left out is gone. A phone is called back, so it wants a fresh factor. */
export default defineAction({
  summary: 'Change my account',
  route: 'PUT /accounts/me',
  allow: 'signed-in',
  body: z.strictObject({ displayName: text(80).optional(), phone: Phone.optional() }),
  reply: { status: 200, schema: UserView },
  audit: { action: 'U', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { notices, ownUser },

  async handle({ body, session, notices, ownUser, now, newId, about, commit }) {
    const { user } = session.current()
    about({ userId: user.userId, patientId: user.patientId })
    const { displayName, phone } = body
    const after = { ...user, displayName, phone, updatedAt: now }
    await commit(
      ownUser.amend(user, { displayName, phone }),
      ...(phone === user.phone ? [] : [notices.tell(newId('ntc'), user, 'phone-changed')]),
    )
    return userViewOf(after)
  },
})
