import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SubmissionMessage } from '../../../shared/schema/submissions.ts'
import { type Client, newPractice, place, type TestPractice, work } from '../../harness/index.ts'
import { ownQueue, submitted } from './fixture.ts'

const queue = await ownQueue()

describe('claims.dispatch', () => {
  let practice: TestPractice
  let admin: Client
  const dynamo = new DynamoDBClient({ endpoint: place.environment.AWS_ENDPOINT_URL_DYNAMODB, region: 'us-east-1' })
  beforeAll(async () => {
    practice = await newPractice()
    admin = await practice.as('admin')
  })
  afterAll(() => dynamo.destroy())

  /** The record that the table's stream has of a new submission, from the item that is really there. */
  async function inserted({ practiceId, claimId, submission }: SubmissionMessage, SequenceNumber: string) {
    const Keys = { pk: { S: `OUTBOX#${practiceId}#${claimId}` }, sk: { S: `SUBMISSION#${submission}` } }
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName: place.environment.TABLE_NAME, Key: Keys, ConsistentRead: true }),
    )
    return { eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: { Keys, NewImage: Item, SequenceNumber } }
  }

  it('queues the ids of each new submission, and nothing else of it', async () => {
    const first = await submitted(practice, admin)
    const second = await submitted(practice, admin)
    const Records = [await inserted(first.message, '1'), await inserted(second.message, '2')]
    expect(await work('claims.dispatch', { Records })).toEqual({ batchItemFailures: [] })
    expect(await queue.take()).toEqual([first.message, second.message])
  })

  it('queues again what comes again: the sender takes it once', async () => {
    const { message } = await submitted(practice, admin)
    const Records = [await inserted(message, '1')]
    await work('claims.dispatch', { Records })
    await work('claims.dispatch', { Records })
    expect(await queue.take()).toEqual([message, message])
  })

  it('stops at a record that it cannot read: it and those behind it come again', async () => {
    const { message } = await submitted(practice, admin)
    const good = await inserted(message, '1')
    const bad = { ...good, dynamodb: { ...good.dynamodb, NewImage: { claimId: { S: 'x' } }, SequenceNumber: '2' } }
    const later = { ...good, dynamodb: { ...good.dynamodb, SequenceNumber: '3' } }
    expect(await work('claims.dispatch', { Records: [good, bad, later] })).toEqual({
      batchItemFailures: [{ itemIdentifier: '2' }],
    })
    expect(await queue.take()).toEqual([message])
  })

  it('reports the record when the queue does not take it', async () => {
    const { message } = await submitted(practice, admin)
    const Records = [await inserted(message, '7')]
    const url = process.env.QUEUE_CLAIMS
    process.env.QUEUE_CLAIMS = `${url}-that-is-not`
    try {
      expect(await work('claims.dispatch', { Records })).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] })
    } finally {
      process.env.QUEUE_CLAIMS = url
    }
  })
})
