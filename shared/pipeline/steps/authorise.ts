import { mayDo } from '../../kernel/permissions.ts'
import { Problem } from '../../kernel/problem.ts'
import type { Step } from '../request.ts'

/** A half-done sign-in may only finish itself; a role may only do what it holds; what it may not do does not exist. */
export const authorise: Step = {
  before: ({ internal: { state } }) => {
    const { action, actor } = state
    if (action.allow === 'anyone' || action.allow === 'pending-mfa') return
    if (actor.type !== 'user') throw new Problem('unauthenticated')
    if (actor.aal === 'pending') throw new Problem('mfa-required')
    if (action.allow !== 'signed-in' && !mayDo(actor.role, action.allow)) throw new Problem('forbidden')
  },
}
