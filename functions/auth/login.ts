import * as z from 'zod'
import { placeOf, placeOfDevice, recognise } from '../../shared/domain/devices.ts'
import { accountOf } from '../../shared/domain/gate.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterFirstFactor, needsPolicy } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { counters } from '../../shared/ports/counters.ts'
import { devices } from '../../shared/ports/devices.ts'
import { gate } from '../../shared/ports/gate.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passwords } from '../../shared/ports/passwords.ts'
import { practices } from '../../shared/ports/practices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { logins } from '../../shared/ports/users.ts'
import { PracticeSlug, SessionView } from '../../shared/schema/identity.ts'
import { CaptchaSolution } from '../../shared/schema/limits.ts'
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
    /** Demanded when tries at this account failed: see `GET /captcha/challenge`. */
    captcha: CaptchaSolution.optional(),
  }),
  reply: { status: 200, schema: SessionView },
  problems: ['account-delayed', 'captcha-required', 'credentials-refused'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'credential',
  timeout: 10,
  memory: 1769,
  metric: 'PasswordsAccepted',
  uses: { counters, devices, gate, logins, notices, passwords, practices, sessions },

  async handle({ body, now, newId, about, commit, fail, device, session, ...ports }) {
    const { counters, devices, gate, logins, notices, passwords, practices, sessions } = ports
    const account = accountOf(body.practice, body.email)
    const [user, shown, attempt] = await Promise.all([
      logins.byLogin(body.practice, body.email),
      devices.find(device.token),
      gate.admit(account, { captcha: body.captcha, device: placeOfDevice(device.token)?.deviceId }),
    ])
    if (user) about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })
    if (attempt.refused) return fail(attempt.refused, [], attempt.retryAfter)

    const [{ right, outdated }, known, practice] = await Promise.all([
      passwords.verify(body.password, user?.passwordHash),
      // Read beside the hash, which takes longer: neither browsers nor the policy cost a sign-in any time.
      user ? devices.ofUser(user) : [],
      user && needsPolicy(user) ? practices.of(user) : undefined,
    ])
    if (!user || !right || user.status !== 'active') {
      await gate.failed(attempt)
      return fail('credentials-refused')
    }

    const { trusted, stolen, strange } = recognise(shown, known, user, now)
    const opening = afterFirstFactor(user, ['pwd'], { trusted, policy: practice?.signIn }, now)
    const opened = sessions.open(user, newId('ses'), opening)
    const renewed = trusted && opening.next === 'none' ? devices.rotate(trusted) : undefined
    const isNew = strange && (await counters.take('new-device', placeOf(opened.session))).allowed
    about({ sessionId: opened.session.sessionId })
    await commit(
      outdated ? logins.rehashed(user, await passwords.hash(body.password)) : logins.unchanged(user),
      opened.write,
      stolen ? gate.distrust(account, stolen.deviceId) : gate.succeeded(attempt),
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
