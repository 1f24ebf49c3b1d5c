import { Problem } from '../kernel/problem.ts'
import { idsAt } from '../kernel/random.ts'
import type { Session, User } from '../schema/identity.ts'
import { count } from './observe.ts'
import { bindingOf, type RequestState } from './request.ts'
import { deedOf } from './steps/audit.ts'
import { recordOf } from './trail.ts'

/** Tries at a sign-in whose tokens change under our hands: whoever stole one may be renewing it right now. */
const tries = 5

/**
 * A replaced token came back after its grace, so one of the two who have it stole it: the sign-in ends, its user is told and the
 * trail knows it, in one transaction. Of parallel requests with the token one does so.
 */
export async function endReused(state: RequestState, session: Session, user: User): Promise<void> {
  const binding = { ...bindingOf(state), practiceId: session.practiceId }
  const { journal, notices, sessions } = state.gates
  if (!journal || !notices || !sessions) throw new Error(`${state.actionId} lacks what ends a stolen sign-in`)
  const deed = { ...deedOf(state, { action: 'D', entity: 'Session/{sessionId}' }), name: 'sessions.reuse' }
  const store = sessions(binding)

  for (let attempt = 1; ; attempt++) {
    const tokens = await store.family(session)
    if (!tokens.some(({ tokenHash }) => tokenHash === session.tokenHash)) return
    const told = notices(binding).tell(idsAt(state.now)('ntc'), user, 'session-token-reused')
    try {
      const event = recordOf(deed, { outcome: 'success', reason: 'session-reused' })
      await journal(binding).commit([...store.end(tokens), told], event)
      return count('SessionTokensReused')
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'conflict') || attempt === tries) throw error
    }
  }
}
