import * as z from 'zod'
import { backupCodeCount, newBackupCodes } from '../../shared/domain/backupCodes.ts'
import { owedBeforeEnrolling } from '../../shared/domain/enrolling.ts'
import { mostPasskeys } from '../../shared/domain/passkeys/options.ts'
import { passkeyView } from '../../shared/domain/passkeys/view.ts'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { afterSecondFactor } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { ceremonyEnd } from '../../shared/ports/ceremonies.ts'
import { backupCodes } from '../../shared/ports/factors.ts'
import { notices } from '../../shared/ports/notices.ts'
import { passkeyRegister } from '../../shared/ports/passkeys.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { ownUser } from '../../shared/ports/users.ts'
import { webauthn } from '../../shared/ports/webauthn.ts'
import { SessionView } from '../../shared/schema/identity.ts'
import { TicketId } from '../../shared/schema/ids.ts'
import { PasskeyLabel, PasskeyView, RegistrationAnswer } from '../../shared/schema/passkeys.ts'

/**
 * Takes a new passkey. It counts as a second factor at once, so the session is renewed by it and every other one ends; backup
 * codes are given out where there are none.
 */
export default defineAction({
  summary: 'Register a passkey',
  route: 'POST /passkeys',
  allow: 'pending-mfa',
  body: z.strictObject({ ticketId: TicketId, label: PasskeyLabel, credential: RegistrationAnswer }),
  reply: {
    status: 201,
    schema: z
      .strictObject({
        passkey: PasskeyView,
        session: SessionView,
        /** Shown this once. Each works once, where no factor is at hand. Absent where some are left. */
        backupCodes: z.array(z.string()).length(backupCodeCount).optional(),
      })
      .meta({ id: 'PasskeyRegistered' }),
  },
  problems: [
    'already-refreshed',
    'mfa-required',
    'passkey-exists',
    'passkey-refused',
    'step-up-required',
    'too-many-passkeys',
  ],
  audit: { action: 'C', entity: 'Passkey/{passkeyId}' },
  limit: 'write',
  timeout: 10,
  uses: { backupCodes, ceremonyEnd, notices, ownUser, passkeyRegister, sessions, webauthn },

  async handle({ body, actor, commit, fail, newId, newText, now, session, webauthn, ...ports }) {
    const { userId, practiceId, sessionId } = actor
    const { session: before, user } = session.current()
    const owed = owedBeforeEnrolling(before, user, now)
    if (owed) return fail(owed)
    if ((user.passkeys ?? 0) >= mostPasskeys) return fail('too-many-passkeys')

    const [ceremony, hasCode] = await Promise.all([
      ports.ceremonyEnd.find(body.ticketId, 'registration', sessionId),
      ports.backupCodes.hasBackupCode(userId),
    ])
    const credential = ceremony && (await webauthn.registered(ceremony.challenge, body.credential))
    if (!credential) return fail('passkey-refused')

    const owner = { passkeyId: newId('psk'), practiceId, userId }
    const passkey = { ...owner, ...credential, label: body.label, createdAt: now, version: 1 }
    const codes = hasCode ? [] : newBackupCodes(newText)
    const renewed = ports.ownUser.withPasskeys(user, 1)
    const opened = ports.sessions.open(renewed.user, sessionId, afterSecondFactor([...before.amr, 'hwk'], now), before)
    await commit(
      ports.passkeyRegister.register(passkey),
      ports.ceremonyEnd.end(ceremony),
      renewed.write,
      ...codes.map(({ codeHash }) => ports.backupCodes.addBackupCode({ practiceId, userId, codeHash, createdAt: now })),
      ports.notices.tell(newId('ntc'), user, 'factor-added'),
      ports.sessions.close(before),
      opened.write,
    )
    session.enter(opened.session, opened.token)
    return {
      passkey: passkeyView(passkey),
      session: viewOf(opened, now),
      ...(codes.length > 0 && { backupCodes: codes.map(({ shown }) => shown) }),
    }
  },
})
