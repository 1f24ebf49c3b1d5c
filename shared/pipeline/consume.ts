import { createHash } from 'node:crypto'
import middy from '@middy/core'
import type { Context, DynamoDBRecord, SQSRecord } from 'aws-lambda'
import type { SystemActor } from '../kernel/actor.ts'
import type { Binding, Uses } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import { idsAt, randomToken } from '../kernel/random.ts'
import { practiceOf, type Worker, type WorkerTools } from '../kernel/worker.ts'
import type { Instant } from '../schema/time.ts'
import { loadPorts } from './load.ts'
import { alarm, count, faultOf, info } from './observe.ts'
import type { Gates } from './request.ts'
import { reserveMs } from './steps/correlate.ts'
import type { LoadedPorts } from './steps/handle.ts'
import { recordOf } from './trail.ts'

/** One message of any source: what it says, and the id by which a failure is reported. */
interface Message {
  id: string
  content: unknown
}

interface SourceEvent {
  Records?: (SQSRecord | DynamoDBRecord)[]
}

/** Answer of a batch: the messages that must come again. */
interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[]
}

/**
 * The Lambda handler of a worker. Each message stands alone: one that fails comes again by itself, with those behind it if
 * the source is a stream (order matters there), and in the end lies in the dead-letter queue.
 */
export function consume(worker: Worker, workerId: string, pipelinePorts: Uses) {
  const gates = loadPorts(pipelinePorts)
  const ports = loadPorts(worker.uses)
  gates.catch(() => {})
  ports.catch(() => {})

  return middy<SourceEvent, BatchAnswer>().handler(
    async (event: SourceEvent, context: Context): Promise<BatchAnswer> => {
      const failures: BatchAnswer['batchItemFailures'] = []
      for (const message of worker.batch ? together(messagesOf(event)) : messagesOf(event)) {
        try {
          await handleOne(worker, workerId, message, context, (await gates) as Gates, await ports)
        } catch (error) {
          alarm('message failed', { action: workerId, fault: faultOf(error) })
          count('MessageFailures', workerId)
          // A scheduled run has nobody to report to: its failure is the invocation's.
          if (!event.Records) throw error
          failures.push({ itemIdentifier: message.id })
          if ('stream' in worker.source) break
        }
      }
      return { batchItemFailures: failures }
    },
  )
}

async function handleOne(
  worker: Worker,
  workerId: string,
  { content }: Message,
  context: Context,
  gates: Gates,
  ports: LoadedPorts,
): Promise<void> {
  const message = worker.message.parse(content)
  const startedAt = Date.now()
  const now = new Date(startedAt).toJSON() as Instant
  const actor: SystemActor = { type: 'system', id: workerId, practiceId: practiceOf(message) }
  const remaining = () => context.getRemainingTimeInMillis() - reserveMs
  const signal = AbortSignal.timeout(Math.max(1, remaining()))
  const binding: Binding = { actor, practiceId: actor.practiceId, now, signal }
  let facts = {}
  const deed = () => ({
    name: workerId,
    audit: worker.audit,
    actor,
    facts,
    params: message,
    address: '-',
    client: workerId,
    requestId: context.awsRequestId,
    startedAt,
  })
  const tools: WorkerTools = {
    now,
    newId: idsAt(now),
    newToken: randomToken,
    signal,
    actor,
    remaining,
    about: more => {
      facts = { ...facts, ...more }
    },
    count: (metric, amount) => count(metric, workerId, amount),
    commit: async (...writes) => {
      const changes = writes.flatMap(({ record }) => (record ? [record] : []))
      await gates.journal?.(binding).commit(writes, recordOf(deed(), { outcome: 'success', changes }))
    },
  }
  const bound = Object.fromEntries(Object.entries(ports).map(([name, bind]) => [name, bind(binding)]))
  try {
    await worker.handle({ ...bound, ...tools, message } as never)
  } catch (error) {
    const record = recordOf(deed(), {
      outcome: 'failed',
      reason: error instanceof Problem ? error.code : 'internal-error',
    })
    await gates
      .journal?.({ ...binding, signal: AbortSignal.timeout(500) })
      .record(record)
      .catch(() => count('DenialNotRecorded'))
    throw error
  }
  info('message', {
    action: workerId,
    requestId: context.awsRequestId,
    practiceId: actor.practiceId,
    ms: Date.now() - startedAt,
  })
}

/** A queue's message is JSON; a stream's is the inserted item; a schedule's is the event itself. */
function messagesOf(event: SourceEvent): Message[] {
  if (!event.Records) return [{ id: 'schedule', content: event }]
  return event.Records.map(record =>
    'body' in record
      ? { id: record.messageId, content: readJson(record.body) }
      : {
          id: record.dynamodb?.SequenceNumber ?? createHash('sha256').update(JSON.stringify(record)).digest('hex'),
          content: record.eventName === 'INSERT' ? plain({ M: record.dynamodb?.NewImage ?? {} }) : changeOf(record),
        },
  )
}

/** What became of an item that was there: its images before and after, and whether it was TTL that removed it. */
const changeOf = ({ eventName, dynamodb, userIdentity }: DynamoDBRecord) => ({
  event: eventName,
  expired: userIdentity?.principalId === 'dynamodb.amazonaws.com',
  before: plain({ M: dynamodb?.OldImage ?? {} }),
  after: plain({ M: dynamodb?.NewImage ?? {} }),
})

/** Many messages as one, which is reported by the id of the first: a stream then comes again from there. */
const together = ([first, ...others]: readonly Message[]): Message[] =>
  first ? [{ id: first.id, content: [first, ...others].map(({ content }) => content) }] : []

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** DynamoDB's typed JSON as plain values: the few types that our items have, without loading the SDK for it. */
function plain(value: unknown): unknown {
  const [type, inner] = Object.entries(value as Record<string, unknown>)[0] ?? []
  if (type === 'N') return Number(inner)
  if (type === 'NULL') return null
  if (type === 'L') return (inner as unknown[]).map(plain)
  if (type === 'M')
    return Object.fromEntries(Object.entries(inner as object).map(([name, field]) => [name, plain(field)]))
  return inner
}
