import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { type Allowance, quotas } from '../../domain/quotas.ts'
import { deadlines } from '../../domain/sessionClock.ts'
import { Problem, problemBody, problemStatus } from '../../kernel/problem.ts'
import { alarm, count, faultOf, info } from '../observe.ts'
import type { RequestState, Step } from '../request.ts'

/** Turns what the request came to into HTTP, and says so in one log line. */
export const answer: Step = {
  after: async request => {
    const { state } = request.internal
    const { status, type } = state.action.reply
    const headers = await headersOf(state)
    request.response =
      status === 204
        ? respond(state, status, headers)
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
    request.response = respond(
      state,
      status,
      {
        ...(await headersOf(state)),
        'content-type': 'application/problem+json',
        ...(problem.retryAfter !== undefined && { 'retry-after': String(problem.retryAfter) }),
      },
      JSON.stringify(problemBody(problem, state.requestId)),
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
    log(state, status, problem.code)
  },
}

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
    'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
    'x-content-type-options': 'nosniff',
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
function rateLimitHeaders({ name, remaining, resets }: Allowance): Record<string, string> {
  const { quota, window } = quotas[name]
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
  })
}
