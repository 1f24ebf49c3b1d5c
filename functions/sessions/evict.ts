import { signInsOf, surplusOf } from '../../shared/domain/signIns.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { notices } from '../../shared/ports/notices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { members } from '../../shared/ports/users.ts'
import { Session } from '../../shared/schema/identity.ts'

/**
 * Ends the oldest sign-ins of a user who has more than they may. It follows each sign-in, whatever way it came, and looks after
 * it was written: of twenty at once, whoever is looked at last sees them all. Doing it again finds nothing.
 */
export default defineWorker({
  summary: 'End the oldest sessions above the limit',
  source: { stream: { entity: 'SESSION', on: 'INSERT' } },
  message: Session.pick({ practiceId: true, userId: true, next: true }),
  audit: { action: 'D', entity: 'User/{userId}' },
  timeout: 15,
  uses: { members, notices, sessions },

  async handle({ message: { userId, next }, members, notices, sessions, now, newId, about, commit, count }) {
    if (next !== 'none') return
    const [user, tokens] = await Promise.all([members.find(userId), sessions.ofUser(userId)])
    if (!user) return
    const surplus = surplusOf(signInsOf(tokens, user, now), user.role)
    if (surplus.length === 0) return
    about({ userId, patientId: user.patientId })
    await commit(
      ...sessions.end(surplus.flatMap(({ tokens }) => tokens)),
      notices.tell(newId('ntc'), user, 'sessions-ended'),
    )
    count('SessionsEvicted', surplus.length)
  },
})
