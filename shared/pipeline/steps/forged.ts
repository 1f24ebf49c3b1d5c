import { addressSubject } from '../../domain/quotas.ts'
import { Problem, type ProblemCode } from '../../kernel/problem.ts'
import { bindingOf, type RequestState } from '../request.ts'

/** What is forged has a bucket of its own each time, so forgers are counted by their address. */
export async function refuseForged(state: RequestState, code: ProblemCode): Promise<never> {
  const forged = await state.gates.limits?.(bindingOf(state)).take('anonymous', addressSubject(state.address))
  throw new Problem(forged && !forged.allowed ? 'rate-limited' : code, { retryAfter: forged?.resets })
}
