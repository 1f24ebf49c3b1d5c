import * as z from 'zod'
import { passkeyView } from '../../shared/domain/passkeys/view.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { passkeyRecords } from '../../shared/ports/passkeys.ts'
import { PasskeyId } from '../../shared/schema/ids.ts'
import { PasskeyLabel, PasskeyView } from '../../shared/schema/passkeys.ts'

/** Names one of the caller's passkeys anew: by its name they decide which to remove. */
export default defineAction({
  summary: 'Rename a passkey',
  route: 'PATCH /passkeys/{passkeyId}',
  allow: 'signed-in',
  stepUp: true,
  params: z.strictObject({ passkeyId: PasskeyId }),
  body: z.strictObject({ label: PasskeyLabel }),
  reply: { status: 200, schema: PasskeyView },
  problems: ['passkey-not-found'],
  audit: { action: 'U', entity: 'Passkey/{passkeyId}' },
  limit: 'write',
  timeout: 5,
  uses: { passkeyRecords },

  async handle({ params, body, actor, passkeyRecords, commit, fail }) {
    const passkey = (await passkeyRecords.ofUser(actor)).find(({ passkeyId }) => passkeyId === params.passkeyId)
    if (!passkey) return fail('passkey-not-found')
    await commit(passkeyRecords.rename(passkey, body.label))
    return passkeyView({ ...passkey, label: body.label })
  },
})
