import * as z from 'zod'
import { refusalOf } from '../../shared/domain/passwords/choice.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterFirstFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { breached } from '../../shared/ports/breached.ts'
import { invitations } from '../../shared/ports/invitations.ts'
import { links } from '../../shared/ports/links.ts'
import { passwords } from '../../shared/ports/passwords.ts'
import { practices } from '../../shared/ports/practices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { userRegister } from '../../shared/ports/users.ts'
import { SessionView, type User } from '../../shared/schema/identity.ts'
import { NewPassword } from '../../shared/schema/passwords.ts'
import { Phone, text } from '../../shared/schema/people.ts'
import { LinkToken } from '../../shared/schema/tickets.ts'

/** Opens an account by an invitation, once, and signs in. The link was read in the mail, so the e-mail is verified. */
export default defineAction({
  summary: 'Register by an invitation',
  route: 'POST /accounts',
  allow: 'anyone',
  body: z.strictObject({
    token: LinkToken,
    password: NewPassword,
    displayName: text(80).optional(),
    phone: Phone.optional(),
  }),
  reply: { status: 201, schema: SessionView },
  problems: ['link-refused', 'password-refused'],
  audit: { action: 'C', entity: 'User/{userId}' },
  limit: 'credential',
  timeout: 10,
  memory: 1769,
  metric: 'AccountsOpened',
  uses: { breached, invitations, links, passwords, practices, sessions, userRegister },

  async handle({ body, now, newId, about, commit, fail, session, ...ports }) {
    const { breached, invitations, links, passwords, practices, sessions, userRegister } = ports
    const ticketId = await links.open('invitation', body.token)
    const invitation = ticketId && (await invitations.find(ticketId))
    if (!invitation) return fail('link-refused')

    const userId = newId('usr')
    const { practiceId, practiceSlug, email, role, patientId, practitionerId } = invitation
    about({ practiceId, userId, patientId })
    const { password, displayName, phone } = body
    const practice = await practices.of(invitation)
    const refusal = await refusalOf(password, { practice, email, displayName }, breached)
    if (refusal) return fail('password-refused', [{ path: 'body.password', message: refusal }])

    const user: User = {
      userId,
      practiceId,
      practiceSlug,
      email,
      emailVerifiedAt: now,
      displayName,
      phone,
      role,
      patientId,
      practitionerId,
      status: 'active',
      passwordHash: await passwords.hash(password),
      passwordChangedAt: now,
      sessionEpoch: 0,
      factors: [],
      createdAt: now,
      updatedAt: now,
      version: 1,
    }
    const opening = afterFirstFactor(user, ['pwd'], { trusted: false, policy: practice.signIn }, now)
    const opened = sessions.open(user, newId('ses'), opening)
    await commit(...userRegister.register(user), ...invitations.redeem(invitation), opened.write)
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
