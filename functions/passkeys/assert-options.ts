import { newCeremony } from '../../shared/domain/passkeys/ceremony.ts'
import { requestOptions } from '../../shared/domain/passkeys/options.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { ceremonyStart } from '../../shared/ports/ceremonies.ts'
import { passkeyList } from '../../shared/ports/passkeys.ts'
import { relyingParty } from '../../shared/ports/relyingParty.ts'
import { RequestOptions } from '../../shared/schema/passkeys.ts'

/** Asks for one of the caller's own passkeys. */
export default defineAction({
  summary: 'Begin to show a passkey',
  route: 'POST /passkeys/assertion/options',
  allow: 'pending-mfa',
  reply: { status: 200, schema: RequestOptions },
  problems: ['mfa-not-set-up'],
  audit: { action: 'C', entity: 'Ceremony/{ticketId}' },
  limit: 'write',
  timeout: 5,
  uses: { ceremonyStart, passkeyList, relyingParty },

  async handle({ actor, ceremonyStart, passkeyList, relyingParty, session, now, newId, newToken, commit, fail }) {
    const { session: current } = session.current()
    const usable = (await passkeyList.ofUser(actor)).filter(({ suspendedAt }) => !suspendedAt)
    if (usable.length === 0) return fail('mfa-not-set-up')
    const ceremony = newCeremony('assertion', { ticketId: newId('tkt'), challenge: newToken(), now }, current)
    await commit(ceremonyStart.begin(ceremony))
    return requestOptions(ceremony, relyingParty.id, usable)
  },
})
