import type * as z from 'zod'
import type { PracticeId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import type { AuditFacts, AuditVerb } from './action.ts'
import type { SystemActor } from './actor.ts'
import type { Bound, QueueName, SecretName, Uses } from './port.ts'
import type { NewId } from './random.ts'
import type { Write } from './write.ts'

/** Where a worker's messages come from. */
export type Source =
  | { queue: QueueName }
  /** Items of an entity that were inserted into the table, or changed or removed since, as its stream tells. */
  | { stream: { entity: string; on: 'INSERT' | 'CHANGE' } }
  | { schedule: `rate(${number} ${'minute' | 'minutes' | 'hour' | 'hours' | 'day' | 'days'})` }
  /** The steps by which Secrets Manager turns a secret, each so many days and when an operator asks for it. */
  | { rotates: SecretName; every: `rate(${number} days)` }

/** What a worker is handed for one message, beside its ports. */
export interface WorkerTools {
  now: Instant
  newId: NewId
  newToken: () => string
  signal: AbortSignal
  actor: SystemActor
  /** Milliseconds that are left: a paged job stops in time and goes on in its next run. */
  remaining: () => number
  commit: (...writes: Write[]) => Promise<void>
  about: (facts: AuditFacts) => void
  /** Adds to a metric, `SessionsRemoved`. */
  count: (metric: string, amount: number) => void
}

/** How many messages a worker takes at once, and how many seconds it waits for them. */
export interface Batch {
  size: number
  seconds: number
}

/** A consumer of a queue, a stream or a schedule: a function without a route. */
export interface Worker {
  readonly kind: 'worker'
  readonly summary: string
  readonly source: Source
  readonly message: z.ZodType
  readonly batch?: Batch | undefined
  readonly audit: { action: AuditVerb; entity: string }
  readonly timeout: number
  readonly memory: number
  /** One at a time, where two would do the same work twice. */
  readonly concurrency?: number | undefined
  readonly uses: Uses
  readonly handle: (input: never) => Promise<void>
}

interface Declaration<M extends z.ZodType, U extends Uses> {
  summary: string
  source: Source
  /** A message that carries `practiceId` binds the ports to that practice. */
  message: M
  /** Takes many messages at once: `message` is then the schema of all of them, and they fail together. */
  batch?: Batch
  audit: { action: AuditVerb; entity: string }
  timeout: number
  memory?: number
  concurrency?: number
  uses?: U
  handle: (input: { message: z.output<M> } & WorkerTools & Bound<U>) => Promise<void>
}

/** Declares a worker. It must be idempotent: every source delivers at least once. */
export function defineWorker<M extends z.ZodType, U extends Uses = Record<never, never>>(
  declaration: Declaration<M, U>,
): Worker {
  return {
    kind: 'worker',
    ...declaration,
    memory: declaration.memory ?? 512,
    uses: declaration.uses ?? {},
    handle: declaration.handle as (input: never) => Promise<void>,
  }
}

/** A message names its practice, or the worker serves all of them. */
export const practiceOf = (message: unknown): PracticeId | undefined =>
  typeof message === 'object' && message !== null && 'practiceId' in message
    ? (message.practiceId as PracticeId)
    : undefined
