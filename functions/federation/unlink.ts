import * as z from 'zod'
import { viewOf } from '../../shared/domain/sessionView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { ownIdentities, unlinking } from '../../shared/ports/identities.ts'
import { notices } from '../../shared/ports/notices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { SessionView } from '../../shared/schema/identity.ts'
import { IdentityId } from '../../shared/schema/ids.ts'

/**
 * Unlinks an account at another identity provider and ends every session but this one, which goes on under a new token: whoever
 * came in by that account is out. The transaction demands what lets its user in besides, so the last way in is never lost.
 */
export default defineAction({
  summary: 'Unlink an account',
  route: 'DELETE /federation/identities/{identityId}',
  allow: 'signed-in',
  stepUp: true,
  params: z.strictObject({ identityId: IdentityId }),
  reply: { status: 200, schema: SessionView },
  problems: ['already-refreshed', 'identity-not-found', 'last-way-in'],
  audit: { action: 'D', entity: 'Identity/{identityId}' },
  limit: 'write',
  timeout: 5,
  uses: { ownIdentities, unlinking, notices, sessions },

  async handle({ params, actor, ownIdentities, unlinking, notices, sessions, session, now, newId, commit, fail }) {
    const mine = await ownIdentities.ofUser(actor)
    const identity = mine.find(({ identityId }) => identityId === params.identityId)
    if (!identity) return fail('identity-not-found')
    const { session: before, user } = session.current()
    const another = mine.find(({ identityId }) => identityId !== params.identityId)
    const signsIn = user.passwordHash !== undefined || user.factors.includes('passkey')
    if (!signsIn && !another) return fail('last-way-in')

    const { user: after, write: ended } = unlinking.endSessions(user)
    const { aal, amr, next, verifiedAt } = before
    const opened = sessions.open(after, actor.sessionId, { aal, amr, next, verifiedAt }, before)
    await commit(
      unlinking.unlink(identity),
      ...(signsIn || !another ? [] : [unlinking.unchanged(another, 'conflict')]),
      ended,
      sessions.close(before),
      opened.write,
      notices.tell(newId('ntc'), user, 'identity-unlinked'),
    )
    session.enter(opened.session, opened.token)
    return viewOf(opened, now)
  },
})
