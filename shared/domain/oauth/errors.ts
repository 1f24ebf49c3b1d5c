import type { Action } from '../../kernel/action.ts'
import { type ProblemCode, problemStatus } from '../../kernel/problem.ts'

const named: Partial<Record<ProblemCode, string>> = {
  'invalid-client': 'invalid_client',
  'invalid-grant': 'invalid_grant',
  'link-refused': 'invalid_grant',
  'invalid-scope': 'invalid_scope',
  'unsupported-grant-type': 'unsupported_grant_type',
  'unsupported-token-type': 'unsupported_token_type',
}

/**
 * The `error` that OAuth's own clients look for (RFC 6749 §5.2), beside the members of a problem, which RFC 9457 §3.2 lets us
 * add to. Only an action that may refuse an OAuth client answers it.
 */
export function oauthError({ problems }: Pick<Action, 'problems'>, code: ProblemCode): string | undefined {
  if (!problems.includes('invalid-client')) return undefined
  const status = problemStatus(code)
  if (status === 500) return 'server_error'
  return (
    named[code] ?? (status > 500 || status === 429 || status === 409 ? 'temporarily_unavailable' : 'invalid_request')
  )
}
