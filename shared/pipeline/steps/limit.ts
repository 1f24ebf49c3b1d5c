import { type Allowance, addressSubject } from '../../domain/quotas.ts'
import { Problem } from '../../kernel/problem.ts'
import { bindingOf, type Step } from '../request.ts'

/** Counts anonymous requests by address, before anything costly is done for them. */
export const limitAddress: Step = {
  before: async ({ internal: { state } }) => {
    const { action, gates, address } = state
    if (!gates.limits || (action.allow !== 'anyone' && action.limit !== 'credential')) return
    const name = action.limit === 'credential' ? 'credential' : 'anonymous'
    state.allowance = await gates.limits(bindingOf(state)).take(name, addressSubject(address))
    refuse(state.allowance)
  },
}

/** Refuses a session that has used up its allowance, which was counted in the same burst as the session was read. */
export const limitSession: Step = {
  before: ({ internal: { state } }) => refuse(state.allowance),
}

/** Ends a request whose subject has used up its allowance. */
export function refuse(allowance: Allowance | undefined): void {
  if (allowance && !allowance.allowed) throw new Problem('rate-limited', { retryAfter: allowance.retryAfter })
}
