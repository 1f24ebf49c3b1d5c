import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { ownIdentities } from '../../shared/ports/identities.ts'
import { LinkedIdentity } from '../../shared/schema/federation.ts'

/** The accounts at other identity providers that lead to the caller. */
export default defineAction({
  summary: 'List linked accounts',
  route: 'GET /federation/identities',
  allow: 'signed-in',
  reply: { status: 200, schema: z.strictObject({ items: z.array(LinkedIdentity) }) },
  audit: { action: 'R', entity: 'Identity/{userId}' },
  limit: 'read',
  timeout: 5,
  uses: { ownIdentities },

  async handle({ actor, ownIdentities }) {
    const items = await ownIdentities.ofUser(actor)
    return { items: items.map(({ identityId, provider, linkedAt }) => ({ identityId, provider, linkedAt })) }
  },
})
