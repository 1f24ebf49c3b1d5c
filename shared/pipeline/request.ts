import type { MiddlewareObj, Request } from '@middy/core'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda'
import type { Allowance } from '../domain/quotas.ts'
import type { Action, AuditFacts } from '../kernel/action.ts'
import type { Actor } from '../kernel/actor.ts'
import type { Binding } from '../kernel/port.ts'
import type { Session, User } from '../schema/identity.ts'
import type { PatientId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import type { bearers } from '../store/bearers.ts'
import type { journal } from '../store/journal.ts'
import type { limits } from '../store/limits.ts'
import type { notices } from '../store/notices.ts'
import type { sessions } from '../store/sessions.ts'

/** The pipeline's own ports, loaded with the action's; absent where the action has no use for them. */
export interface Gates {
  journal?: typeof journal
  limits?: typeof limits
  notices?: typeof notices
  /** Where an edge stands before the API. */
  origin?: () => {
    clientAddress: (headers: Record<string, string | undefined>, sourceIp: string) => Promise<string>
  }
  sessions?: typeof sessions
  bearers?: typeof bearers
  /** Where the action answers a list in pages. */
  cursors?: () => {
    seal: (list: string, position: string) => Promise<string>
    open: (list: string, cursor: string) => Promise<string | undefined>
  }
}

/** What the steps learn of one request and hand on. */
export interface RequestState {
  readonly action: Action
  readonly actionId: string
  readonly gates: Gates
  requestId: string
  /** Milliseconds since 1970, for durations; `now` is the same moment as the actions see it. */
  startedAt: number
  now: Instant
  signal: AbortSignal
  address: string
  client: string
  /** The request's own cookies. */
  sent: readonly string[]
  /** The parsed, not yet validated body. */
  json: unknown
  params: unknown
  query: unknown
  body: unknown
  actor: Actor
  session?: Session
  user?: User
  token?: string
  allowance?: Allowance
  /** The sliding of the session's deadline, or the noting of a key's use, under way beside the action: whether it was stored. */
  sliding?: Promise<boolean>
  facts: AuditFacts
  /** Patients of whom the reply tells beside the one in `facts`. */
  seen: Set<PatientId>
  /** True once a transaction has carried the audit record. */
  committed: boolean
  /** True once a refusal has carried its own. */
  denied: boolean
  cookies: string[]
  left: boolean
  reply?: unknown
}

export type HttpRequest = Request<
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Error,
  Context,
  { state: RequestState }
>

/** One named step of the pipeline. */
export type Step = MiddlewareObj<
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Error,
  Context,
  { state: RequestState }
>

/** What ports are bound to for this request. */
export const bindingOf = ({ actor, now, signal, address, client }: RequestState): Binding => ({
  actor,
  practiceId: actor.type === 'anonymous' ? undefined : actor.practiceId,
  now,
  signal,
  source: { address, client },
})
