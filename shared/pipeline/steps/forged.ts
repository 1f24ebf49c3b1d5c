import { addressSubject, type QuotaName } from '../../domain/quotas.ts'
import { Problem, type ProblemCode } from '../../kernel/problem.ts'
import { bindingOf, type RequestState } from '../request.ts'
import { refuse } from './limit.ts'

/** What is forged costs whom it names nothing: it is taken back, and counted by the address that it came from. */
export async function refuseForged(
  state: RequestState,
  code: ProblemCode,
  counted?: { name: QuotaName; subject: string },
): Promise<never> {
  const limits = state.gates.limits?.(bindingOf(state))
  const [byAddress] = await Promise.all([
    limits?.take('anonymous', addressSubject(state.address)),
    counted && limits?.undo(counted.name, counted.subject),
  ])
  if (byAddress) state.allowance = byAddress
  refuse(byAddress)
  throw new Problem(code)
}
