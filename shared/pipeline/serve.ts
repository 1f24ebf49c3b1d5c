import middy, { type MiddyfiedHandler } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Action } from '../kernel/action.ts'
import type { Uses } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import { loadPorts } from './load.ts'
import type { Gates, RequestState } from './request.ts'
import { answer } from './steps/answer.ts'
import { audit } from './steps/audit.ts'
import { authenticate } from './steps/authenticate.ts'
import { authorise } from './steps/authorise.ts'
import { checkReply } from './steps/checkReply.ts'
import { correlate, reserveMs } from './steps/correlate.ts'
import { handle } from './steps/handle.ts'
import { limitAddress, limitSession } from './steps/limit.ts'
import { page } from './steps/page.ts'
import { parse } from './steps/parse.ts'
import { validate } from './steps/validate.ts'

type Handler = MiddyfiedHandler<
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Error,
  Context,
  { state: RequestState }
>

/**
 * The Lambda handler of an action. Going in, the steps run from top to bottom; coming out, from bottom to top: the reply is
 * checked, then its audit record is made durable, and only then does it become an answer. `pipelinePorts` are `gatesOf(action)`.
 */
export function serve(action: Action, actionId: string, pipelinePorts: Uses): Handler {
  // Ports load while the environment starts, where time costs no request.
  const gates = loadPorts(pipelinePorts)
  const ports = loadPorts(action.uses)
  // A start that fails must fail the request that waits for it, not the whole process.
  gates.catch(() => {})
  ports.catch(() => {})

  return middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Error, Context, { state: RequestState }>({
    timeoutEarlyInMillis: reserveMs,
    timeoutEarlyResponse: () => {
      throw new Problem('timeout')
    },
  })
    .before(async ({ internal, context }) => {
      internal.state = newState(action, actionId, (await gates) as Gates)
      Object.assign(context, { state: internal.state })
    })
    .use(answer)
    .use(correlate)
    .use(audit)
    .use(parse)
    .use(limitAddress)
    .use(authenticate)
    .use(limitSession)
    .use(authorise)
    .use(validate)
    .use(page)
    .use(checkReply)
    .handler(async (_event: APIGatewayProxyEventV2, context: Context & { state?: RequestState }) => {
      await handle(context.state as RequestState, await ports)
      return {}
    }) as Handler
}

const newState = (action: Action, actionId: string, gates: RequestState['gates']): RequestState => ({
  action,
  actionId,
  gates,
  requestId: '',
  startedAt: 0,
  now: '',
  signal: new AbortController().signal,
  address: '',
  client: '',
  sent: [],
  json: undefined,
  params: {},
  query: {},
  body: undefined,
  actor: { type: 'anonymous' },
  facts: {},
  seen: new Set(),
  committed: false,
  denied: false,
  cookies: [],
  left: false,
})
