import type * as z from 'zod'
import type { Device, Session, User } from '../schema/identity.ts'
import type { PatientId, PracticeId, UserId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import type { Actor, ClientActor, UserActor } from './actor.ts'
import { type Permission, personal } from './permissions.ts'
import type { Bound, Uses } from './port.ts'
import type { FieldError, ProblemCode } from './problem.ts'
import type { NewId } from './random.ts'
import type { PathNames, Route } from './route.ts'
import type { Write } from './write.ts'

/** Who may call: a permission; anybody; anybody signed in; or also a session that still owes its second factor. */
export type Allow = Permission | 'anyone' | 'signed-in' | 'pending-mfa'

/** A class of requests that share a rate limit. */
export type LimitClass = 'credential' | 'read' | 'write' | 'bulk' | 'none'

/** FHIR AuditEvent.action: create, read, update, delete, execute. */
export type AuditVerb = 'C' | 'R' | 'U' | 'D' | 'E'

/** What the audit trail should know of the request beside what the pipeline knows. */
export interface AuditFacts {
  patientId?: PatientId | undefined
  /** Whose trail an anonymous request belongs to, once that is known. */
  practiceId?: PracticeId | undefined
  userId?: UserId | undefined
  /** Values for the braces in `audit.entity`. */
  [name: string]: string | undefined
}

/** What every handler is handed beside its ports. Time, ids and randomness come from here, so a test can hold them still. */
export interface Tools<Code extends ProblemCode> {
  /** The moment of the request. */
  now: Instant
  newId: NewId
  newToken: () => string
  newText: (length: number) => string
  /** Aborted when the request runs out of time. */
  signal: AbortSignal
  /** Ends the request with a declared problem; after so many seconds a retry may succeed. */
  fail: (code: Code, errors?: readonly FieldError[], retryAfter?: number) => never
  /** Writes all of it or nothing, with the audit record in the same transaction. */
  commit: (...writes: Write<Code | 'conflict'>[]) => Promise<void>
  /** Ends the request with a declared problem that itself changes something: the writes carry the record of the denial. */
  refuse: (code: Code, ...writes: Write<Code | 'conflict'>[]) => Promise<never>
  /**
   * Writes the record of this read now, beside something else that the reply needs, and not after it: a read that takes two round
   * trips is no slower for its record. Nothing has left by then; a read that fails afterwards has a record all the same.
   */
  record: () => Promise<void>
  about: (facts: AuditFacts) => void
  /** Names the patients of whom a list tells: each gets a record of it in their own trail. */
  saw: (records: readonly { patientId: PatientId }[]) => void
  session: SessionTools
  flow: FlowTools
  device: DeviceTools
}

/** The browser's cookie. The store's part of a session is the `sessions` port's. */
export interface SessionTools {
  /** The session that the request came with, its token and its user. Asking an anonymous request is a fault of ours. */
  current: () => { session: Session; token: string; user: User }
  /** Answers with the cookie of this session and its deadlines. */
  enter: (session: Session, token: string) => void
  /** The deadlines as they are stored: moved on by this request only when that has been written. */
  deadlines: () => Promise<{ idleExpiresAt: Instant; absoluteExpiresAt: Instant; warnAt: Instant }>
  /** Answers with an expired cookie and `Clear-Site-Data`. */
  leave: () => void
}

/** The cookie of a sign-in that another identity provider has in hand: one at a time in a browser. */
export interface FlowTools {
  /** The flow's secret, and the session's token if the browser sent that too; nothing when there is no such cookie, or two. */
  current: () => { secret: string; token: string | undefined } | undefined
  /** `crossSitePost`: the provider posts a form, which brings no `SameSite=Lax` cookie along. */
  begin: (secret: string, how: { seconds: number; crossSitePost: boolean }) => void
  end: () => void
}

/** The cookie by which a trusted browser is known again. Whose it is, and whether it counts, is the `devices` port's to say. */
export interface DeviceTools {
  /** What the request came with, unexamined. */
  token: string | undefined
  /** Answers with the cookie of this device, which lasts as long as its trust. */
  remember: (device: Pick<Device, 'expiresAt'>, token: string) => void
  /** Answers with an expired cookie. */
  forget: () => void
}

type PlainObject = z.ZodObject
type ParamsOf<R extends Route> = PathNames<R>

/** The parts of a request: absent when the action declares no schema for them. */
export interface Input<P, Q, B> {
  params: P extends z.ZodType ? z.output<P> : Record<string, never>
  query: Q extends z.ZodType ? z.output<Q> : Record<string, never>
  body: B extends z.ZodType ? z.output<B> : undefined
}

/** A permission can also be a program's; what needs a fresh factor, or only a sign-in, is a person's. */
export type ActorOf<A extends Allow, StepUp extends boolean = false> = A extends 'anyone'
  ? Actor
  : A extends 'signed-in' | 'pending-mfa'
    ? UserActor
    : StepUp extends true
      ? UserActor
      : UserActor | ClientActor

export interface Reply<Schema extends z.ZodType = z.ZodType> {
  /** 303: the browser goes on to the URL that the reply is. A browser that is refused goes on to `refused`, with the problem's code. */
  status: 200 | 201 | 202 | 204 | 303
  schema: Schema
  /** For the few replies that are not JSON; the schema is then a string. */
  type?: 'text/html; charset=utf-8'
  /** Seconds for which anybody may keep the reply: for what is public. */
  cache?: number
  /** A local path. */
  refused?: `/${string}`
}

/** `only`: a form and never JSON, as an identity provider makes the browser post it. `too`: either, as OAuth's clients choose. */
export type FormUse = 'only' | 'too'

/** One domain action. Handler, function, route, alarms, IAM policy and OpenAPI operation all come from this object. */
export interface Action {
  readonly kind: 'action'
  readonly summary: string
  readonly route: Route
  readonly allow: Allow
  readonly params?: PlainObject | undefined
  readonly query?: PlainObject | undefined
  readonly body?: z.ZodType | undefined
  readonly form?: FormUse | undefined
  readonly reply: Reply
  readonly problems: readonly ProblemCode[]
  readonly audit?: { action: AuditVerb; entity: string } | undefined
  readonly limit: LimitClass
  readonly timeout: number
  readonly memory: number
  readonly metric?: string | undefined
  readonly idle: 'slides' | 'stays'
  readonly stepUp: boolean
  readonly uses: Uses
  readonly handle: (input: never) => Promise<unknown>
}

interface Declaration<
  R extends Route,
  A extends Allow,
  P extends PlainObject | undefined,
  Q extends PlainObject | undefined,
  B extends z.ZodType | undefined,
  Answer,
  Code extends ProblemCode,
  U extends Uses,
  StepUp extends boolean,
> {
  summary: string
  route: R
  allow: A
  /** Names exactly the path's braces. */
  params?: P & (P extends z.ZodObject<infer Shape> ? ([keyof Shape] extends [ParamsOf<R>] ? unknown : never) : unknown)
  query?: Q
  body?: B
  /**
   * Takes `application/x-www-form-urlencoded`. A page elsewhere can send that, so only what anybody may call can say so, and the
   * request must carry its own proof.
   */
  form?: A extends 'anyone' ? FormUse : never
  reply: Reply<z.ZodType<unknown, Answer>>
  /** The only failures it may answer, beside the pipeline's own. */
  problems?: readonly Code[]
  /** Absent only where nothing about a person or a practice is read or changed. */
  audit?: { action: AuditVerb; entity: string }
  limit: LimitClass
  /** Seconds, at most 29: the HTTP API itself gives up at 30. */
  timeout: number
  /** MB. More memory is more CPU: only the password hash needs it. */
  memory?: number
  /** A business metric counted on each success: `AppointmentsBooked`. */
  metric?: string
  /** Whether the request counts as the user's activity; background polls say `stays`. */
  idle?: 'slides' | 'stays'
  /** Whether a second factor must have been shown in the last five minutes: for what changes how somebody signs in. */
  stepUp?: StepUp
  uses?: U
  handle: (input: Input<P, Q, B> & { actor: ActorOf<A, StepUp> } & Tools<Code> & Bound<U>) => Promise<NoInfer<Answer>>
}

/** A path with names demands a params schema with exactly those names. */
type NeedsParams<R extends Route, P> = [ParamsOf<R>] extends [never]
  ? unknown
  : P extends z.ZodObject<infer Shape>
    ? [ParamsOf<R>] extends [keyof Shape]
      ? unknown
      : { params: { [Name in ParamsOf<R>]: z.ZodType } }
    : { params: { [Name in ParamsOf<R>]: z.ZodType } }

/** Declares an action. Whatever the compiler can catch, it does: see `test/types/action.test-d.ts`. */
export function defineAction<
  const R extends Route,
  const A extends Allow,
  Answer,
  P extends PlainObject | undefined = undefined,
  Q extends PlainObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  const Code extends ProblemCode = never,
  U extends Uses = Record<never, never>,
  const StepUp extends boolean = false,
>(declaration: Declaration<R, A, P, Q, B, Answer, Code, U, StepUp> & NeedsParams<R, P>): Action {
  const { params, query, body, form, problems, audit, memory, metric, idle, stepUp, uses, ...rest } =
    declaration as Declaration<R, A, P, Q, B, Answer, Code, U, StepUp>
  return {
    kind: 'action',
    ...rest,
    params: params as PlainObject | undefined,
    query,
    body,
    form,
    problems: problems ?? [],
    audit,
    memory: memory ?? 512,
    metric,
    idle: idle ?? 'slides',
    stepUp: stepUp ?? false,
    uses: uses ?? {},
    handle: rest.handle as (input: never) => Promise<unknown>,
  }
}

/** Whether programs and apps may call it: what a permission allows, but for keys themselves and what wants a fresh factor. */
export const acceptsBearer = ({ allow, stepUp }: Pick<Action, 'allow' | 'stepUp'>): boolean =>
  !stepUp && ![...personal, 'anyone', 'signed-in', 'pending-mfa'].includes(allow)

/** Whether it answers in pages: its query has a cursor. */
export const isPaged = ({ query }: Pick<Action, 'query'>): boolean => 'cursor' in (query?.shape ?? {})
