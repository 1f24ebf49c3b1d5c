import * as z from 'zod'
import { isHeldBy, wentBack } from '../../shared/domain/passkeys/ceremony.ts'
import { handleOf } from '../../shared/domain/passkeys/handle.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterSecondFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { attempts } from '../../shared/ports/attempts.ts'
import { ceremonyEnd } from '../../shared/ports/ceremonies.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passkeyUse } from '../../shared/ports/passkeys.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { webauthn } from '../../shared/ports/webauthn.ts'
import { SessionView } from '../../shared/schema/identity.ts'
import { TicketId } from '../../shared/schema/ids.ts'
import { AssertionAnswer } from '../../shared/schema/passkeys.ts'

/**
 * Completes a sign-in with one of the caller's passkeys, or shows one anew before something sensitive. Each is an attempt like
 * that with a code, and is given back when it was right.
 */
export default defineAction({
  summary: 'Show a passkey',
  route: 'POST /passkeys/assertion',
  allow: 'pending-mfa',
  body: z.strictObject({ ticketId: TicketId, credential: AssertionAnswer }),
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'passkey-refused', 'too-many-attempts'],
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 10,
  metric: 'PasskeysShown',
  uses: { attempts, ceremonyEnd, notices, passkeyUse, sessions, webauthn },

  async handle({ body, actor, about, attempts, commit, fail, newId, now, refuse, session, webauthn, ...ports }) {
    const { userId, sessionId } = actor
    const { ticketId, credential } = body
    about({ sessionId })
    const [inSession, inDay, ceremony, passkey] = await Promise.all([
      attempts.take('mfa-challenge', sessionId),
      attempts.take('mfa-day', userId),
      ports.ceremonyEnd.find(ticketId, 'assertion', sessionId),
      ports.passkeyUse.find(credential.id),
    ])
    if (!inSession.allowed || !inDay.allowed) {
      // No signature was looked at: what else was counted for it is not spent.
      if (!inSession.allowed) await attempts.undo('mfa-day', userId)
      return fail('too-many-attempts')
    }

    const { session: before, user } = session.current()
    const { userHandle = handleOf(user) } = credential.response
    if (!ceremony || !passkey || !isHeldBy(passkey, user) || userHandle !== handleOf(user)) {
      return fail('passkey-refused')
    }
    const seen = passkey.suspendedAt ? undefined : await webauthn.asserted(ceremony.challenge, credential, passkey)
    if (!seen) return fail('passkey-refused')
    if (wentBack(passkey, seen)) {
      return refuse(
        'passkey-refused',
        ports.passkeyUse.suspend(passkey),
        ports.ceremonyEnd.end(ceremony),
        ports.notices.tell(newId('ntc'), user, 'passkey-suspended'),
      )
    }

    const opened = ports.sessions.open(user, sessionId, afterSecondFactor([...before.amr, 'hwk'], now), before)
    await commit(
      ports.ceremonyEnd.end(ceremony),
      ports.passkeyUse.used(passkey, seen),
      attempts.giveBack('mfa-challenge', sessionId),
      attempts.giveBack('mfa-day', userId),
      ports.sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
