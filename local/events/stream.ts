import { AwsError, callJson } from '../aws/json.ts'
import { region } from '../aws/service.ts'
import { Refused, type Result } from '../lambda/pool.ts'
import type { Consumer } from '../template/model.ts'
import { failedItems, type Invoke } from './batch.ts'
import { Bell } from './bell.ts'
import type { Checkpoint } from './checkpoint.ts'
import { givenUp, type StreamRecord } from './given-up.ts'
import { matchesAny } from './pattern.ts'

export interface StreamOptions {
  consumer: Consumer
  /** The local AWS endpoint, through which the stream is read. */
  endpoint: string
  checkpoint: Checkpoint<Record<string, string>>
  invoke: Invoke
  /** Sends what was given up to the mapping's on-failure destination. */
  giveUp(destination: string, message: string): Promise<void>
  say(line: string): void
  retryMs?: number
}

/** A running reader. `nudge` tells it that something was written; otherwise it looks once a second. */
export interface Poller {
  nudge(): void
  stop(): Promise<void>
}

/**
 * Reads a table's stream for one function: in order, in filtered batches, each retried until it succeeds or is given up.
 * How far it has come is kept after every batch, so a record is delivered at least once, whatever ends the process.
 */
export function startStream(options: StreamOptions): Poller {
  const { consumer, checkpoint, say } = options
  const table = /table\/([^/]+)/.exec(consumer.sourceArn)?.[1] ?? ''
  const bell = new Bell()
  const iterators = new Map<string, string | undefined>()
  const positions = checkpoint.read() ?? {}
  let stopped = false
  let writtenAt = 0
  const loop = run()
  return {
    nudge: () => bell.ring(),
    async stop() {
      stopped = true
      bell.ring()
      await loop
    },
  }

  async function run() {
    while (!stopped) {
      try {
        // Under a load of writes every one of them rings: a pause lets one call fetch what many wrote.
        const found = await poll()
        // A window gathers what many wrote, as it does in the cloud.
        if (found && consumer.windowSeconds > 0) await pause(consumer.windowSeconds * 1_000)
        else if (found) await pause(25)
        else await bell.sleep(1_000)
      } catch (cause) {
        if (stopped) return
        // The iterator has expired, or what it pointed to is trimmed: begin again from the checkpoint.
        iterators.clear()
        if (!(cause instanceof AwsError && /Iterator|Trimmed/.test(cause.name))) say(`stream ${consumer.id}: ${cause}`)
        await bell.sleep(1_000)
      }
    }
  }

  async function poll(): Promise<boolean> {
    if (![...iterators.values()].some(Boolean)) await open()
    let any = false
    for (const [shard, iterator] of iterators) {
      if (!iterator || stopped) continue
      const page = await call<{ Records: StreamRecord[]; NextShardIterator?: string }>('GetRecords', {
        ShardIterator: iterator,
        Limit: 1_000,
      })
      await deliver(shard, page.Records)
      iterators.set(shard, page.NextShardIterator)
      any ||= page.Records.length > 0
    }
    return any
  }

  async function open() {
    const { Table } = await callJson<{ Table: { LatestStreamArn: string } }>(
      options.endpoint,
      'DynamoDB_20120810.DescribeTable',
      { TableName: table },
    )
    const StreamArn = Table.LatestStreamArn
    const { StreamDescription } = await call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
      'DescribeStream',
      {
        StreamArn,
      },
    )
    for (const { ShardId } of StreamDescription.Shards) {
      if (iterators.has(ShardId)) continue
      iterators.set(ShardId, await iteratorAt(StreamArn, ShardId))
    }
  }

  async function iteratorAt(StreamArn: string, ShardId: string): Promise<string> {
    const at = positions[ShardId]
    const from = (where: object) =>
      call<{ ShardIterator: string }>('GetShardIterator', { StreamArn, ShardId, ...where }).then(r => r.ShardIterator)
    if (!at) return from({ ShardIteratorType: consumer.from })
    try {
      return await from({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: at })
    } catch {
      return from({ ShardIteratorType: 'TRIM_HORIZON' })
    }
  }

  async function deliver(shard: string, records: StreamRecord[]) {
    for (let at = 0; at < records.length && !stopped; at += consumer.batchSize) {
      const batch = records.slice(at, at + consumer.batchSize)
      const wanted = batch.map(complete).filter(record => matchesAny(consumer.filters, record))
      if (wanted.length && !(await handle(shard, wanted))) return
      positions[shard] = batch.at(-1)!.dynamodb.SequenceNumber
      // What the filter left out may be read again, so its progress is not worth a file for every write.
      if (wanted.length || Date.now() - writtenAt > 1_000) {
        checkpoint.write(positions)
        writtenAt = Date.now()
      }
    }
  }

  /** Sees a batch through. False means that the reader was stopped before: the batch stays to be read again. */
  async function handle(shard: string, batch: StreamRecord[]): Promise<boolean> {
    let rest = batch
    for (let attempt = 1; ; attempt++) {
      if (stopped) return false
      const old = rest.filter(isTooOld)
      if (old.length) await abandon(shard, old, 'RecordAgeExceeded', attempt - 1)
      rest = rest.filter(record => !isTooOld(record))
      if (!rest.length) return true
      const result = await invoke(rest)
      const ids = rest.map(({ dynamodb }) => dynamodb.SequenceNumber)
      const failed = result && failedItems(result, consumer.reportsItems, ids)
      if (failed) {
        const first = ids.findIndex(id => failed.has(id))
        if (first < 0) return true
        // Everything from the first failure on comes again: a stream is delivered in order. Progress begins a new count.
        if (first > 0) attempt = 1
        rest = rest.slice(first)
      } else if (result && consumer.bisect && rest.length > 1) {
        const middle = Math.ceil(rest.length / 2)
        return (await handle(shard, rest.slice(0, middle))) && (await handle(shard, rest.slice(middle)))
      }
      if (attempt >= consumer.maxAttempts) {
        await abandon(shard, rest, 'RetryAttemptsExhausted', attempt, result)
        return true
      }
      await pause(Math.min(30_000, (options.retryMs ?? 250) * 2 ** Math.min(attempt - 1, 10)))
    }
  }

  async function pause(ms: number) {
    const end = Date.now() + ms
    while (!stopped && Date.now() < end)
      await new Promise(resolve => setTimeout(resolve, Math.min(100, end - Date.now())))
  }

  /** Undefined when Lambda itself refused: throttling is no failure of the batch. */
  async function invoke(Records: StreamRecord[]): Promise<Result | undefined> {
    try {
      return await options.invoke(consumer.functionName, JSON.stringify({ Records }))
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause
      return undefined
    }
  }

  async function abandon(shardId: string, batch: StreamRecord[], condition: string, attempts: number, last?: Result) {
    say(`stream ${consumer.id}: gave up ${batch.length} record(s) after ${attempts} attempt(s): ${condition}`)
    if (!consumer.onFailure) return
    await options.giveUp(consumer.onFailure, givenUp({ consumer, shardId, batch, condition, attempts, last }))
  }

  function complete(record: StreamRecord): StreamRecord {
    return { ...record, ...{ eventSource: 'aws:dynamodb', awsRegion: region, eventSourceARN: consumer.sourceArn } }
  }

  function isTooOld({ dynamodb }: StreamRecord): boolean {
    const age = Date.now() / 1_000 - dynamodb.ApproximateCreationDateTime
    return consumer.maxAgeSeconds > 0 && age > consumer.maxAgeSeconds
  }

  function call<Answer>(operation: string, input: object): Promise<Answer> {
    return callJson(options.endpoint, `DynamoDBStreams_20120810.${operation}`, input)
  }
}
