import { newCeremony } from '../../shared/domain/passkeys/ceremony.ts'
import { requestOptions } from '../../shared/domain/passkeys/options.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { ceremonyStart } from '../../shared/ports/ceremonies.ts'
import { relyingParty } from '../../shared/ports/relyingParty.ts'
import { RequestOptions } from '../../shared/schema/passkeys.ts'

/** Asks for any passkey of ours. Nobody is named, so nothing is told of who has an account. */
export default defineAction({
  summary: 'Begin to sign in with a passkey',
  route: 'POST /passkeys/login/options',
  allow: 'anyone',
  reply: { status: 200, schema: RequestOptions },
  audit: { action: 'C', entity: 'Ceremony/{ticketId}' },
  limit: 'credential',
  timeout: 5,
  uses: { ceremonyStart, relyingParty },

  async handle({ ceremonyStart, relyingParty, now, newId, newToken, commit }) {
    const ceremony = newCeremony('login', { ticketId: newId('tkt'), challenge: newToken(), now })
    await commit(ceremonyStart.begin(ceremony))
    return requestOptions(ceremony, relyingParty.id, [])
  },
})
