import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { ownIdentities, unlinking } from '../../shared/ports/identities.ts'
import { notices } from '../../shared/ports/notices.ts'
import { IdentityId } from '../../shared/schema/ids.ts'

/**
 * Unlinks an account at another identity provider. What lets its user in besides is demanded by the transaction, so of two
 * that unlink the last two at once, one is refused.
 */
export default defineAction({
  summary: 'Unlink an account',
  route: 'DELETE /federation/identities/{identityId}',
  allow: 'signed-in',
  stepUp: true,
  params: z.strictObject({ identityId: IdentityId }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['identity-not-found', 'last-way-in'],
  audit: { action: 'D', entity: 'Identity/{identityId}' },
  limit: 'write',
  timeout: 5,
  uses: { ownIdentities, unlinking, notices },

  async handle({ params, actor, ownIdentities, unlinking, notices, session, newId, commit, fail }) {
    const mine = await ownIdentities.ofUser(actor)
    const identity = mine.find(({ identityId }) => identityId === params.identityId)
    if (!identity) return fail('identity-not-found')
    const { user } = session.current()
    const another = mine.find(({ identityId }) => identityId !== params.identityId)
    const stays =
      user.passwordHash || user.factors.includes('passkey')
        ? unlinking.ownerUnchanged(user, 'conflict')
        : another && unlinking.unchanged(another, 'conflict')
    if (!stays) return fail('last-way-in')
    await commit(unlinking.unlink(identity), stays, notices.tell(newId('ntc'), user, 'identity-unlinked'))
    return undefined
  },
})
