import * as z from 'zod'
import { placeOf, recognise } from '../../shared/domain/devices.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterFirstFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { devices } from '../../shared/ports/devices.ts'
import { attempts } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passwords } from '../../shared/ports/passwords.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { logins } from '../../shared/ports/users.ts'
import { PracticeSlug, SessionView } from '../../shared/schema/identity.ts'
import { Email } from '../../shared/schema/people.ts'

/**
 * Opens a session for a right password. An unknown e-mail costs the same hash and gets the same answer as a wrong password.
 * Whoever owes a second factor gets a session that can do nothing but show or set it up, unless the browser is one that they trust.
 */
export default defineAction({
  summary: 'Sign in with a password',
  route: 'POST /auth/login',
  allow: 'anyone',
  body: z.strictObject({
    practice: PracticeSlug,
    email: Email,
    /** Taken whole and never cut short (NIST SP 800-63B-4 §3.1.1.2); 128 characters of any script fit. */
    password: z.string().min(1).max(512),
  }),
  reply: { status: 200, schema: SessionView },
  problems: ['credentials-refused'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'credential',
  timeout: 10,
  memory: 1769,
  metric: 'PasswordsAccepted',
  uses: { attempts, devices, logins, notices, passwords, sessions },

  async handle({
    body,
    attempts,
    devices,
    logins,
    notices,
    passwords,
    sessions,
    now,
    newId,
    about,
    commit,
    fail,
    device,
    session,
  }) {
    const [user, shown] = await Promise.all([logins.byLogin(body.practice, body.email), devices.find(device.token)])
    if (user) about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })

    const [{ right, outdated }, known] = await Promise.all([
      passwords.verify(body.password, user?.passwordHash),
      // Read beside the hash, which takes longer: a browser costs a sign-in no time.
      user ? devices.ofUser(user) : [],
    ])
    if (!user || !right || user.status !== 'active') return fail('credentials-refused')

    const { trusted, stolen, strange } = recognise(shown, known, user, now)
    const opening = afterFirstFactor(user, ['pwd'], { trusted, policy: undefined }, now)
    const opened = sessions.open(user, newId('ses'), opening)
    const renewed = trusted && opening.next === 'none' ? devices.rotate(trusted) : undefined
    const isNew = strange && (await attempts.take('new-device', placeOf(opened.session))).allowed
    about({ sessionId: opened.session.sessionId })
    await commit(
      outdated ? logins.rehashed(user, await passwords.hash(body.password)) : logins.unchanged(user),
      opened.write,
      ...(renewed ? [renewed.write] : []),
      ...(stolen ? [devices.forget(stolen), notices.tell(newId('ntc'), user, 'device-token-reused')] : []),
      ...(isNew ? [notices.tell(newId('ntc'), user, 'new-device')] : []),
    )
    session.enter(opened.session, opened.token)
    if (renewed) device.remember(renewed.device, renewed.token)
    if (stolen) device.forget()
    return viewOf(opened, now)
  },
})
