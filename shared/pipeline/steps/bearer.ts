import type { QuotaName } from '../../domain/quotas.ts'
import type { Action } from '../../kernel/action.ts'
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
  const named = bearers.subject(token)
  // Before anything is written for it.
  if (!named) throw new Problem('token-refused')
  const { subject, practiceId } = named
  const name = quotaNameOf(action, named.kind)
  const reading = bearers.read(token)
  const [found, counted] = await Promise.all([
    reading,
    name &&
      gates
        .limits?.(bindingOf(state))
        .take(name, subject, practiceId, named.kind === 'key' ? reading.then(shareOf) : undefined),
  ])
  if (!found) return refuseForged(state, 'token-refused', name && { name, subject })
  state.facts = { ...state.facts, ...found.facts }
  if (counted) state.allowance = counted
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

const shareOf = (found: { share: number } | undefined): number => found?.share ?? 1

/** A key's reads and writes share one quota; what it reads in bulk is held back as anybody's. A token of an app is its user's. */
function quotaNameOf({ limit }: Action, kind: 'key' | 'user'): QuotaName | undefined {
  if (limit === 'none' || limit === 'credential') return undefined
  return kind === 'key' && limit !== 'bulk' ? 'api-key' : limit
}
