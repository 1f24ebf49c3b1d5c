import { randomUUID } from 'node:crypto'
import type { Result } from '../lambda/pool.ts'
import type { Consumer } from '../template/model.ts'

/** A record of a table's stream, as far as its readers look into it. */
export interface StreamRecord {
  eventID: string
  dynamodb: { SequenceNumber: string; ApproximateCreationDateTime: number }
}

/**
 * What Lambda sends to an on-failure destination: where in the stream the batch lies and why it was given up. The records
 * themselves are not in it.
 */
export function givenUp(facts: {
  consumer: Consumer
  shardId: string
  batch: StreamRecord[]
  condition: string
  attempts: number
  last: Result | undefined
}): string {
  const { consumer, shardId, batch, condition, attempts, last } = facts
  const [first, end] = [batch[0]!.dynamodb, batch.at(-1)!.dynamodb]
  return JSON.stringify({
    requestContext: {
      requestId: last?.requestId ?? randomUUID(),
      functionArn: consumer.functionName,
      condition,
      approximateInvokeCount: attempts,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: last?.functionError ?? 'Unhandled' },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: first.SequenceNumber,
      endSequenceNumber: end.SequenceNumber,
      approximateArrivalOfFirstRecord: isoTime(first.ApproximateCreationDateTime),
      approximateArrivalOfLastRecord: isoTime(end.ApproximateCreationDateTime),
      batchSize: batch.length,
      streamArn: consumer.sourceArn,
    },
  })
}

const isoTime = (seconds: number) => new Date(seconds * 1_000).toISOString()
