import { owedBeforeEnrolling } from '../../shared/domain/enrolling.ts'
import { newCeremony } from '../../shared/domain/passkeys/ceremony.ts'
import { creationOptions, mostPasskeys } from '../../shared/domain/passkeys/options.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { ceremonyStart } from '../../shared/ports/ceremonies.ts'
import { passkeyList } from '../../shared/ports/passkeys.ts'
import { relyingParty } from '../../shared/ports/relyingParty.ts'
import { CreationOptions } from '../../shared/schema/passkeys.ts'

/** Asks for a new passkey: of whoever has just shown a factor, or has none yet and must set one up. */
export default defineAction({
  summary: 'Begin to register a passkey',
  route: 'POST /passkeys/registration/options',
  allow: 'pending-mfa',
  reply: { status: 200, schema: CreationOptions },
  problems: ['mfa-required', 'step-up-required', 'too-many-passkeys'],
  audit: { action: 'C', entity: 'Ceremony/{ticketId}' },
  limit: 'write',
  timeout: 5,
  uses: { ceremonyStart, passkeyList, relyingParty },

  async handle({ actor, ceremonyStart, passkeyList, relyingParty, session, now, newId, newToken, commit, fail }) {
    const { session: current, user } = session.current()
    const owed = owedBeforeEnrolling(current, user, now)
    if (owed) return fail(owed)
    if ((user.passkeys ?? 0) >= mostPasskeys) return fail('too-many-passkeys')

    const known = await passkeyList.ofUser(actor)
    const ceremony = newCeremony('registration', { ticketId: newId('tkt'), challenge: newToken(), now }, current)
    await commit(ceremonyStart.begin(ceremony))
    return creationOptions(ceremony, relyingParty.id, user, known)
  },
})
