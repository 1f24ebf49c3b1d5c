import { callJson } from '../aws/json.ts'
import { account, region } from '../aws/service.ts'
import type { Consumer } from '../template/model.ts'
import { failedItems, type Invoke } from './batch.ts'
import { matchesAny } from './pattern.ts'
import type { Poller } from './stream.ts'

interface Attribute {
  DataType: string
  StringValue?: string
  BinaryValue?: string
}
interface Message {
  MessageId: string
  ReceiptHandle: string
  Body: string
  MD5OfBody: string
  Attributes?: Record<string, string>
  MessageAttributes?: Record<string, Attribute>
}

export interface QueueOptions {
  consumer: Consumer
  endpoint: string
  invoke: Invoke
  say(line: string): void
}

/** Lambda begins with five batches at once. */
const batchesAtOnce = 5

/**
 * Reads a queue for one function. What the function handled is deleted; what it failed, or reported as failed, comes back
 * when the queue's visibility timeout is over, and after enough attempts the queue's redrive policy moves it.
 */
export function startQueue(options: QueueOptions): Poller {
  const { consumer, endpoint, say } = options
  const QueueUrl = `${endpoint}/${account}/${consumer.sourceArn.split(':').at(-1)}`
  const stop = new AbortController()
  const running = new Set<Promise<void>>()
  const loop = run()
  return {
    nudge() {},
    async stop() {
      stop.abort()
      await Promise.all([loop, ...running])
    },
  }

  async function run() {
    while (!stop.signal.aborted) {
      try {
        while (running.size >= (consumer.maxConcurrency ?? batchesAtOnce)) await Promise.race(running)
        const batch = await collect()
        if (!batch.length) continue
        const work: Promise<void> = handle(batch)
          .catch(cause => say(`queue ${consumer.id}: ${cause}`))
          .finally(() => running.delete(work))
        running.add(work)
      } catch (cause) {
        if (stop.signal.aborted) return
        say(`queue ${consumer.id}: ${cause}`)
        await new Promise(resolve => setTimeout(resolve, 1_000))
      }
    }
  }

  /** A batch: what one call brings, or what comes within the batching window. */
  async function collect(): Promise<Message[]> {
    const batch = await receive(20, consumer.batchSize)
    const end = Date.now() + consumer.windowSeconds * 1_000
    while (batch.length && batch.length < consumer.batchSize && Date.now() < end && !stop.signal.aborted) {
      batch.push(...(await receive(1, consumer.batchSize - batch.length)))
    }
    return batch
  }

  async function receive(WaitTimeSeconds: number, wanted: number): Promise<Message[]> {
    const input = { QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: Math.min(10, wanted) }
    const all = { AttributeNames: ['All'], MessageAttributeNames: ['All'] }
    const answer = await callJson<{ Messages?: Message[] }>(
      endpoint,
      'AmazonSQS.ReceiveMessage',
      { ...input, ...all },
      stop.signal,
    )
    return answer.Messages ?? []
  }

  async function handle(batch: Message[]) {
    const wanted = batch.filter(message => matchesAny(consumer.filters, filterable(message)))
    const unwanted = batch.filter(message => !wanted.includes(message))
    const failed = wanted.length ? await deliver(wanted) : new Set<string>()
    const done = failed ? wanted.filter(({ MessageId }) => !failed.has(MessageId)) : []
    await remove([...unwanted, ...done])
  }

  async function deliver(batch: Message[]): Promise<Set<string> | undefined> {
    const result = await options.invoke(consumer.functionName, JSON.stringify({ Records: batch.map(recordOf) }))
    const ids = batch.map(({ MessageId }) => MessageId)
    return failedItems(result, consumer.reportsItems, ids)
  }

  async function remove(messages: Message[]) {
    for (let at = 0; at < messages.length; at += 10) {
      const Entries = messages
        .slice(at, at + 10)
        .map(({ MessageId, ReceiptHandle }) => ({ Id: MessageId, ReceiptHandle }))
      await callJson(endpoint, 'AmazonSQS.DeleteMessageBatch', { QueueUrl, Entries })
    }
  }

  function recordOf(message: Message) {
    return {
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
          name,
          { stringValue: StringValue, binaryValue: BinaryValue, dataType: DataType },
        ]),
      ),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: consumer.sourceArn,
      awsRegion: region,
    }
  }

  function filterable(message: Message): object {
    try {
      return { ...recordOf(message), body: JSON.parse(message.Body) as unknown }
    } catch {
      return recordOf(message)
    }
  }
}
