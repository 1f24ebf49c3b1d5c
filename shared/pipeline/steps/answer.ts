import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { oauthError } from '../../domain/oauth/errors.ts'
import type { Allowance } from '../../domain/quotas.ts'
import { deadlines } from '../../domain/sessionClock.ts'
import { acceptsBearer } from '../../kernel/action.ts'
import { Problem, problemBody, problemStatus } from '../../kernel/problem.ts'
import { everywhere } from '../../kernel/securityHeaders.ts'
import { alarm, count, faultOf, info } from '../observe.ts'
import type { HttpRequest, RequestState, Step } from '../request.ts'

/** Turns what the request came to into HTTP, and says so in one log line. */
export const answer: Step = {
  after: async request => {
    const { state } = request.internal
    const { status, type, cache } = state.action.reply
    const headers = {
      ...(await headersOf(state)),
      ...(cache && { 'cache-control': `public, max-age=${cache}` }),
    }
    request.response =
      status === 204 || status === 303
        ? respond(state, status, { ...headers, ...(status === 303 && { location: String(state.reply) }) })
        : respond(
            state,
            status,
            { ...headers, ...(type && pagePolicy), 'content-type': type ?? 'application/json' },
            type ? String(state.reply) : JSON.stringify(state.reply),
          )
    if (state.action.metric) count(state.action.metric, state.actionId)
    log(state, status)
  },

  onError: async request => {
    const { error, internal } = request
    const { state } = internal
    const problem = error instanceof Problem ? error : new Problem('internal-error', { cause: error })
    const status = problemStatus(problem.code)
    const headers = {
      ...(await headersOf(state)),
      ...(status === 401 && challengeOf(state)),
      ...(problem.retryAfter !== undefined && { 'retry-after': String(problem.retryAfter) }),
    }
    const { refused } = state.action.reply
    request.response =
      refused && isPage(request)
        ? respond(state, 303, { ...headers, location: `${refused}?problem=${problem.code}` })
        : respond(
            state,
            status,
            { ...headers, 'content-type': 'application/problem+json' },
            JSON.stringify({ ...problemBody(problem, state.requestId), error: oauthError(state.action, problem.code) }),
          )
    if (status >= 500) {
      count('Failures', state.actionId)
      alarm('request failed', {
        requestId: state.requestId,
        action: state.actionId,
        code: problem.code,
        fault: faultOf(error),
      })
    }
    countRefusal(state, status, problem.code)
    log(state, status, problem.code)
  },
}

/** Refusals by class: what limits hold back, and how many tries at a credential were wrong. */
function countRefusal({ action, allowance }: RequestState, status: number, code: string): void {
  if (status === 429) count(`Limited-${code === 'rate-limited' ? allowance?.name : code}`)
  if (status === 401 && action.limit === 'credential') count('CredentialsRefused')
}

/** How else a caller can show who they are (RFC 9110 §11.6.1): a program by its key or token, an OAuth client by its secret. */
function challengeOf({ action }: RequestState): Record<string, string> | undefined {
  const scheme = acceptsBearer(action) ? 'Bearer' : action.problems.includes('invalid-client') ? 'Basic' : undefined
  return scheme && { 'www-authenticate': `${scheme} realm="haven"` }
}

/** Whether a person looks at the answer: a browser that goes to a page says that it takes HTML, and a program does not. */
const isPage = ({ event }: HttpRequest): boolean => /\btext\/html\b/.test(event.headers.accept ?? '')

/** A page of ours runs nothing, loads nothing and stands in no frame. */
const pagePolicy = {
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
}

function respond(
  { cookies }: RequestState,
  statusCode: number,
  headers: Record<string, string>,
  body?: string,
): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers, ...(body !== undefined && { body }), ...(cookies.length > 0 && { cookies }) }
}

/** The deadline that is told is the stored one: moved on only when that has been written. */
async function headersOf(state: RequestState): Promise<Record<string, string>> {
  const { session, left, allowance, requestId, now } = state
  const slid = (await state.sliding) ?? false
  const clock = session && !left ? deadlines(session, now, slid) : undefined
  return {
    'cache-control': 'no-store',
    ...everywhere,
    'x-request-id': requestId,
    ...(clock && {
      'x-session-idle-expires': clock.idleExpiresAt,
      'x-session-absolute-expires': clock.absoluteExpiresAt,
      'x-session-warn-at': clock.warnAt,
    }),
    ...(allowance && rateLimitHeaders(allowance)),
    // Not the cookies: the session's is expired by name, and a trusted browser stays so when its user signs out.
    ...(left && { 'clear-site-data': '"cache", "storage"' }),
  }
}

/** The fields of the IETF draft on rate limits: the quota and its window, and what is left of it. */
function rateLimitHeaders({ name, quota, window, remaining, resets }: Allowance): Record<string, string> {
  return {
    'ratelimit-policy': `"${name}";q=${quota};w=${window}`,
    ratelimit: `"${name}";r=${remaining};t=${resets}`,
  }
}

function log(state: RequestState, status: number, code?: string): void {
  const { requestId, actionId: action, actor, startedAt } = state
  info('request', {
    requestId,
    action,
    status,
    code,
    ms: Date.now() - startedAt,
    practiceId: actor.type === 'anonymous' ? undefined : actor.practiceId,
    role: actor.type === 'user' ? actor.role : actor.type,
    apiKeyId: actor.type === 'client' ? actor.id : undefined,
  })
}
