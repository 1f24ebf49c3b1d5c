import { isFresh } from '../../domain/sessionClock.ts'
import { isPermitted } from '../../kernel/actor.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Step } from '../request.ts'

/**
 * A half-done sign-in may only finish itself; a role may only do what it holds, and a program what it was given; what they may
 * not do does not exist. What is
 * sensitive wants a factor that was shown just now, whoever has the cookie (NIST SP 800-63B-4 §5.2).
 */
export const authorise: Step = {
  before: ({ internal: { state } }) => {
    const { action, actor, session } = state
    if (action.allow === 'anyone' || action.allow === 'pending-mfa') return
    if (actor.type !== 'user' && actor.type !== 'client') throw new Problem('unauthenticated')
    if (actor.type === 'user' && actor.aal === 'pending') throw new Problem('mfa-required')
    if (action.allow !== 'signed-in' && !isPermitted(actor, action.allow)) throw new Problem('forbidden')
    if (action.stepUp && !(session && isFresh(session, state.now))) throw new Problem('step-up-required')
  },
}
