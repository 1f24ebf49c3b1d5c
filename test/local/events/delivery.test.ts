import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callJson } from '../../../local/aws/json.ts'
import { eventually, type TestCloud, testCloud } from '../fixture/cloud.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await testCloud()
}, 60_000)
afterAll(() => cloud.close())

type Item = Record<string, { S?: string; N?: string }>
const at = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } })
const put = (pk: string) => cloud.table('PutItem', { Item: at(pk) })

async function seen(pk: string): Promise<number | undefined> {
  const { Item } = await cloud.table<{ Item?: Item }>('GetItem', { Key: at(pk), ConsistentRead: true })
  return Item && Number(Item.seen?.N)
}

const send = (MessageBody: string) =>
  callJson(cloud.awsUrl, 'AmazonSQS.SendMessage', {
    QueueUrl: `${cloud.awsUrl}/000000000000/fixture-work`,
    MessageBody,
  })

async function receiveFailed(): Promise<string | undefined> {
  const QueueUrl = `${cloud.awsUrl}/000000000000/fixture-failed`
  const { Messages } = await callJson<{ Messages?: { Body: string; ReceiptHandle: string }[] }>(
    cloud.awsUrl,
    'AmazonSQS.ReceiveMessage',
    { QueueUrl },
  )
  const [message] = Messages ?? []
  if (!message) return undefined
  await callJson(cloud.awsUrl, 'AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle: message.ReceiptHandle })
  return message.Body
}

describe('a table stream', () => {
  it('brings what the filter takes, once, and soon', async () => {
    const began = performance.now()
    await put('EVENT#1')
    await put('UNRELATED#1')
    expect(await eventually(() => seen('SEEN#EVENT#1'))).toBe(1)
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(await seen('SEEN#UNRELATED#1')).toBeUndefined()
  })

  it('retries a poisoned record, gives it up to the on-failure queue and loses nothing beside it', async () => {
    const names = ['EVENT#before', 'EVENT#poison', 'EVENT#after']
    await cloud.table('TransactWriteItems', {
      TransactItems: names.map(name => ({ Put: { TableName: 'fixture', Item: at(name) } })),
    })
    expect(await eventually(() => seen('SEEN#EVENT#before'), 15_000)).toBeGreaterThan(0)
    expect(await eventually(() => seen('SEEN#EVENT#after'), 15_000)).toBeGreaterThan(0)
    expect(await seen('SEEN#EVENT#poison')).toBeUndefined()
    const message = JSON.parse(await eventually(receiveFailed, 15_000))
    expect(message).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      DDBStreamBatchInfo: { batchSize: 1 },
    })
  }, 30_000)
})

describe('a queue', () => {
  it('brings messages and takes back what failed, until its redrive policy moves it', async () => {
    await Promise.all([send('good'), send('bad')])
    expect(await eventually(() => seen('QUEUE#good'))).toBe(1)
    expect(await eventually(receiveFailed, 15_000)).toBe('bad')
    expect(await seen('QUEUE#bad')).toBe(2)
    expect(await seen('QUEUE#good')).toBe(1)
  }, 30_000)
})

describe('expired items', () => {
  it('are swept, which the stream filter of inserts does not see', async () => {
    await cloud.table('PutItem', { Item: { ...at('OLD#1'), ttl: { N: String(Math.floor(Date.now() / 1_000) - 10) } } })
    expect(await cloud.sweep()).toBe(1)
    expect(await cloud.table('GetItem', { Key: at('OLD#1') })).toEqual({})
  })
})
