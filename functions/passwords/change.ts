import * as z from 'zod'
import { mayChange, ticketOf, withPassword } from '../../shared/domain/accounts.ts'
import { refusalOf } from '../../shared/domain/passwords/choice.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { breached } from '../../shared/ports/breached.ts'
import { counters } from '../../shared/ports/counters.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passwords } from '../../shared/ports/passwords.ts'
import { practices } from '../../shared/ports/practices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { undoRegister } from '../../shared/ports/undos.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { SessionView } from '../../shared/schema/identity.ts'
import { NewPassword } from '../../shared/schema/passwords.ts'

/** Changes the password of whoever knows it. Every other session ends, and this one gets a new token. */
export default defineAction({
  summary: 'Change my password',
  route: 'PUT /accounts/me/password',
  allow: 'signed-in',
  body: z.strictObject({ currentPassword: z.string().min(1).max(512), password: NewPassword }),
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'password-refused', 'password-wrong', 'too-many-attempts', 'too-many-changes'],
  audit: { action: 'U', entity: 'User/{userId}' },
  limit: 'write',
  timeout: 10,
  memory: 1769,
  stepUp: true,
  uses: { counters, breached, notices, ownUser, passwords, practices, sessions, undoRegister },

  async handle({ body, session, now, newId, about, commit, fail, ...ports }) {
    const { counters, breached, notices, ownUser, passwords, practices, sessions, undoRegister } = ports
    const { session: before, user } = session.current()
    const { userId, patientId, email, displayName } = user
    about({ userId, patientId })
    const [{ allowed }, practice] = await Promise.all([counters.take('password-check', userId), practices.mine()])
    if (!allowed) return fail('too-many-attempts')
    const { right } = await passwords.verify(body.currentPassword, user.passwordHash)
    if (!right) return fail('password-wrong')
    const refusal = await refusalOf(body.password, { practice, email, displayName }, breached)
    if (refusal) return fail('password-refused', [{ path: 'body.password', message: refusal }])
    if (!mayChange(user, now)) return fail('too-many-changes')

    const undo = ticketOf(newId('tkt'), user, 'undo', now)
    const change = withPassword(user, await passwords.hash(body.password), undo.ticketId, now)
    const { sessionId, aal, amr, next, verifiedAt } = before
    const opened = sessions.open({ ...user, ...change }, sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      ownUser.amend(user, change),
      undoRegister.issue(undo),
      notices.tell(newId('ntc'), user, 'password-changed', undo.ticketId),
      sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
