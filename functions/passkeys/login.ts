import * as z from 'zod'
import { isHeldBy, wentBack } from '../../shared/domain/passkeys/ceremony.ts'
import { holderOf } from '../../shared/domain/passkeys/handle.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterSecondFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { ceremonyEnd } from '../../shared/ports/ceremonies.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passkeySignIn } from '../../shared/ports/passkeys.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { webauthn } from '../../shared/ports/webauthn.ts'
import { SessionView } from '../../shared/schema/identity.ts'
import { TicketId } from '../../shared/schema/ids.ts'
import { AssertionAnswer } from '../../shared/schema/passkeys.ts'

/**
 * Opens a session by a passkey alone: with user verification it is two factors at once (NIST SP 800-63B-4 §3.1.7). Whatever is
 * wrong is answered alike.
 */
export default defineAction({
  summary: 'Sign in with a passkey',
  route: 'POST /passkeys/login',
  allow: 'anyone',
  body: z.strictObject({ ticketId: TicketId, credential: AssertionAnswer }),
  reply: { status: 200, schema: SessionView },
  problems: ['passkey-refused'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'credential',
  timeout: 10,
  metric: 'SessionsOpened',
  uses: { ceremonyEnd, notices, passkeySignIn, sessions, webauthn },

  async handle({ body, about, commit, fail, newId, now, refuse, session, webauthn, ...ports }) {
    const { ticketId, credential } = body
    const holder = holderOf(credential.response.userHandle)
    if (!holder) return fail('passkey-refused')
    const [ceremony, passkey, user] = await Promise.all([
      ports.ceremonyEnd.find(ticketId, 'login'),
      ports.passkeySignIn.find(credential.id),
      ports.passkeySignIn.holder(holder),
    ])
    if (!passkey || !user || !isHeldBy(passkey, user)) return fail('passkey-refused')
    about({ practiceId: user.practiceId, userId: user.userId, patientId: user.patientId })
    if (!ceremony || passkey.suspendedAt) return fail('passkey-refused')
    if (user.status !== 'active' || !user.factors.includes('passkey')) return fail('passkey-refused')

    const seen = await webauthn.asserted(ceremony.challenge, credential, passkey)
    if (!seen) return fail('passkey-refused')
    if (wentBack(passkey, seen)) {
      return refuse(
        'passkey-refused',
        ports.passkeySignIn.suspend(passkey),
        ports.ceremonyEnd.end(ceremony),
        ports.notices.tell(newId('ntc'), user, 'passkey-suspended'),
      )
    }

    const opened = ports.sessions.open(user, newId('ses'), afterSecondFactor(['hwk'], now))
    about({ sessionId: opened.session.sessionId })
    await commit(
      ports.ceremonyEnd.end(ceremony),
      ports.passkeySignIn.used(passkey, seen),
      ports.passkeySignIn.holderUnchanged(user),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
