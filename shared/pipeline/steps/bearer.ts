import { type QuotaName, withShare } from '../../domain/quotas.ts'
import { Problem } from '../../kernel/problem.ts'
import { alarm, faultOf } from '../observe.ts'
import { bindingOf, type Gates, type RequestState } from '../request.ts'
import { refuseForged } from './forged.ts'

/** What stands behind `Bearer` (RFC 6750 §2.1); nothing when the request does not speak of one. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^bearer(?: +(.*))?$/i
    .exec(authorization ?? '')
    ?.slice(1)
    .map(token => token ?? '')[0]

/**
 * An API key or an access token, with what it may ask for, in one burst to the table. It proves itself, and no page elsewhere
 * can make a browser send it: so nothing is asked of where the request comes from.
 */
export async function authenticateBearer(
  state: RequestState,
  gate: NonNullable<Gates['bearers']>,
  token: string,
): Promise<void> {
  const { action, gates } = state
  const bearers = gate(bindingOf(state))
  const subject = bearers.subject(token)
  // Before anything is written for it.
  if (!subject) throw new Problem('token-refused')
  const name = action.limit === 'none' || action.limit === 'credential' ? undefined : action.limit
  const [found, counted] = await Promise.all([
    bearers.read(token),
    name && gates.limits?.(bindingOf(state)).take(name satisfies QuotaName, subject),
  ])
  if (!found) return refuseForged(state, 'token-refused')
  state.facts = { ...state.facts, ...found.facts }
  if (counted) state.allowance = withShare(counted, found.share)
  if (!found.actor) throw new Problem('token-refused')
  state.actor = found.actor
  const { touch } = found
  if (!touch) return
  state.sliding = bearers.touch(touch).then(
    () => true,
    error => {
      alarm('use of a key not noted', { requestId: state.requestId, fault: faultOf(error) })
      return false
    },
  )
}
