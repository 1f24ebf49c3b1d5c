import * as z from 'zod'
import { passkeyView } from '../../shared/domain/passkeys/view.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { passkeyList } from '../../shared/ports/passkeys.ts'
import { PasskeyView } from '../../shared/schema/passkeys.ts'

/** Lists the caller's own passkeys: they are ten at most. */
export default defineAction({
  summary: 'List own passkeys',
  route: 'GET /passkeys',
  allow: 'signed-in',
  reply: { status: 200, schema: z.strictObject({ items: z.array(PasskeyView) }).meta({ id: 'PasskeyList' }) },
  audit: { action: 'R', entity: 'Passkey/list' },
  limit: 'read',
  timeout: 5,
  uses: { passkeyList },

  async handle({ actor, passkeyList }) {
    return { items: (await passkeyList.ofUser(actor)).map(passkeyView) }
  },
})
