import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callJson } from '../../../local/aws/json.ts'
import { createTables, type Dynamo, startDynamo, sweepExpired } from '../../../local/dynamodb/engine.ts'

const table = {
  Type: 'AWS::DynamoDB::GlobalTable',
  Properties: {
    TableName: 'records',
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [
      {
        IndexName: 'gsi1',
        KeySchema: [{ AttributeName: 'gsi1pk', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    Replicas: [{ Region: 'us-east-1' }],
  },
}

const key = (name: string) => ({ pk: { S: name }, sk: { S: '-' } })

function caller(dynamo: Dynamo) {
  return <Result>(operation: string, input: object) =>
    callJson<Result>(dynamo.endpoint, `DynamoDB_20120810.${operation}`, { TableName: 'records', ...input })
}

describe('the embedded DynamoDB', () => {
  let dynamo: Dynamo
  beforeAll(async () => {
    dynamo = await startDynamo()
    expect(await createTables(dynamo.endpoint, [{ Resources: { Table: table } }])).toEqual(['records'])
  })
  afterAll(() => dynamo.stop())

  it('creates a global table with its index and stream, and again without harm', async () => {
    await createTables(dynamo.endpoint, [{ Resources: { Table: table } }])
    const { Table } = await caller(dynamo)<{ Table: Record<string, unknown> }>('DescribeTable', {})
    expect(Table).toMatchObject({
      StreamSpecification: { StreamEnabled: true },
      GlobalSecondaryIndexes: [{ IndexName: 'gsi1' }],
    })
  })

  it('adds an index that a later template brings', async () => {
    const index = { ...table.Properties.GlobalSecondaryIndexes[0], IndexName: 'gsi2' }
    const indexes = [...table.Properties.GlobalSecondaryIndexes, index]
    const grown = { ...table, Properties: { ...table.Properties, GlobalSecondaryIndexes: indexes } }
    await createTables(dynamo.endpoint, [{ Resources: { Table: grown } }])
    const { Table } = await caller(dynamo)<{ Table: { GlobalSecondaryIndexes: object[] } }>('DescribeTable', {})
    expect(Table.GlobalSecondaryIndexes).toHaveLength(2)
  })

  it('sweeps what has expired, and marks it in the stream as the TTL service', async () => {
    const call = caller(dynamo)
    const seconds = Math.floor(Date.now() / 1_000)
    await call('PutItem', { Item: { ...key('old'), ttl: { N: String(seconds - 5) } } })
    await call('PutItem', { Item: { ...key('live'), ttl: { N: String(seconds + 500) } } })
    expect(await sweepExpired(dynamo)).toBe(1)
    expect(await call('GetItem', { Key: key('old') })).toEqual({})
    expect(await call('GetItem', { Key: key('live') })).toHaveProperty('Item')
    const { Table } = await call<{ Table: { LatestStreamArn: string } }>('DescribeTable', {})
    const records = await readStream(dynamo, Table.LatestStreamArn)
    expect(records.at(-1)).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    })
    expect(records.filter(record => record.userIdentity)).toHaveLength(1)
  })
})

describe('its file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'engine-'))
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('keeps every acknowledged write through kill -9', async () => {
    const file = join(directory, 'a.sqlite')
    const first = await startDynamo({ file })
    await createTables(first.endpoint, [{ Resources: { Table: table } }])
    const acknowledged: string[] = []
    const write = async (writer: number) => {
      for (let n = 0; n < 500; n++) {
        await caller(first)('PutItem', { Item: key(`${writer}-${n}`) })
        acknowledged.push(`${writer}-${n}`)
      }
    }
    const writers = Promise.allSettled([0, 1, 2, 3, 4, 5, 6, 7].map(write))
    await new Promise(resolve => setTimeout(resolve, 300))
    await first.kill()
    await writers
    expect(acknowledged.length).toBeGreaterThan(20)

    const second = await startDynamo({ file })
    for (const name of acknowledged) {
      expect(await caller(second)('GetItem', { Key: key(name) })).toHaveProperty('Item')
    }
    await second.stop()
    expect(existsSync(`${file}.pid`)).toBe(false)
  })
})

async function readStream(dynamo: Dynamo, StreamArn: string) {
  const call = <Result>(operation: string, input: object) =>
    callJson<Result>(dynamo.endpoint, `DynamoDBStreams_20120810.${operation}`, input)
  const described = await call<{ StreamDescription: { Shards: { ShardId: string }[] } }>('DescribeStream', {
    StreamArn,
  })
  const ShardId = described.StreamDescription.Shards[0]?.ShardId
  const { ShardIterator } = await call<{ ShardIterator: string }>('GetShardIterator', {
    StreamArn,
    ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  })
  const { Records } = await call<{ Records: { eventName: string; userIdentity?: object }[] }>('GetRecords', {
    ShardIterator,
  })
  return Records
}
