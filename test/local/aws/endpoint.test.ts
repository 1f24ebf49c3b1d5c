import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Endpoint, startEndpoint } from '../../../local/aws/endpoint.ts'
import { AwsError, callJson, signed } from '../../../local/aws/json.ts'
import { type TestCloud, testCloud } from '../fixture/cloud.ts'

interface Asked {
  ok: boolean
  name?: string
  message?: string
  status?: number
  result?: Record<string, unknown>
}

describe('AWS calls of a function, by its real SDK client', () => {
  let cloud: TestCloud
  beforeAll(async () => {
    cloud = await testCloud()
  }, 60_000)
  afterAll(() => cloud.close())

  const ask = (operation: string, input: object) =>
    cloud.run<Asked>('fixture-items', { operation, input: { TableName: 'fixture', ...input } })
  const at = (pk: string) => ({ pk: { S: pk }, sk: { S: '-' } })

  it('reach the table when its policies allow it', async () => {
    expect(await ask('PutItem', { Item: { ...at('OWN#1'), gsi1pk: { S: 'OWN#g' } } })).toMatchObject({ ok: true })
    expect(await ask('GetItem', { Key: at('OWN#1') })).toMatchObject({ result: { Item: at('OWN#1') } })
    const onIndex = {
      IndexName: 'gsi1',
      KeyConditionExpression: 'gsi1pk = :g',
      ExpressionAttributeValues: { ':g': { S: 'OWN#g' } },
    }
    expect(await ask('Query', onIndex)).toMatchObject({ result: { Count: 1 } })
  })

  it('are refused as AccessDeniedException on the items of others, and leave them as they were', async () => {
    expect(await ask('PutItem', { Item: at('OTHER#1') })).toMatchObject({
      ok: false,
      name: 'AccessDeniedException',
      status: 400,
      message: expect.stringContaining('is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb'),
    })
    expect(await cloud.table('GetItem', { Key: at('OTHER#1') })).toEqual({})
    expect(cloud.said.at(-1)).toContain('dynamodb:PutItem')
  })

  it('are refused by an explicit deny', async () => {
    expect(await ask('DeleteItem', { Key: at('OWN#1') })).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('explicit deny'),
    })
  })

  it('reach the queue whose URL its environment gives', async () => {
    expect(await ask('SendMessage', { body: 'from a function' })).toEqual({ ok: true })
  })

  it('are traced with their consumed capacity, which the caller does not see unasked', async () => {
    const got = await ask('GetItem', { Key: at('OWN#1') })
    expect(got.result).not.toHaveProperty('ConsumedCapacity')
    expect(await ask('GetItem', { Key: at('OWN#1'), ReturnConsumedCapacity: 'TOTAL' })).toMatchObject({
      result: { ConsumedCapacity: { CapacityUnits: 0.5, TableName: 'fixture' } },
    })
    expect(cloud.traces.recent(1, 'fixture-items')).toMatchObject([{ total: 1, sequential: 1, readUnits: 0.5 }])
  })

  it.each(['PutItem', 'TransactWriteItems'])(
    'of %s are traced with what they put, by the rule by which it is billed',
    async operation => {
      const Item = {
        ...at(`OWN#${operation}`),
        gsi1pk: { S: 'OWN#all' },
        gsi1sk: { S: 'x' },
        text: { S: 'a'.repeat(600) },
        // Many small things: in JSON they would be twice as long.
        list: { L: Array.from({ length: 30 }, (_, index) => ({ M: { n: { N: String(index) }, s: { S: 'x' } } })) },
      }
      const put = { TableName: 'fixture', Item }
      await ask(operation, operation === 'PutItem' ? put : { TransactItems: [{ Put: put }] })
      const [trace] = cloud.traces.recent(1, 'fixture-items')
      expect(trace?.calls).toMatchObject([{ spaces: ['OWN'], puts: [{ space: 'OWN', units: trace?.writeUnits }] }])
      expect(trace?.writeUnits).toBe(operation === 'PutItem' ? 2 : 3)
    },
  )

  it('that go out together count as one round trip', async () => {
    await cloud.run('fixture-items', { operation: 'Burst', input: at('OWN#1') })
    expect(cloud.traces.recent(1, 'fixture-items')).toMatchObject([{ total: 4, sequential: 2 }])
  })

  it('see streams under the region of the templates', async () => {
    const { Table } = await cloud.table<{ Table: { LatestStreamArn: string } }>('DescribeTable', {})
    expect(Table.LatestStreamArn).toMatch(/^arn:aws:dynamodb:us-east-1:000000000000:table\/fixture\/stream\//)
  })
})

describe('the endpoint', () => {
  let endpoint: Endpoint
  const said: string[] = []
  const caller = { arn: 'arn:aws:sts::000000000000:assumed-role/f/f', policies: [] }
  beforeAll(async () => {
    const needs = (action: string) => () => [{ action, resource: '*', context: {} }]
    const answer = async () => ({ status: 200, headers: {}, body: '{"reached":true}' })
    endpoint = await startEndpoint({
      services: [
        { names: ['sqs'], needs: needs('sqs:SendMessage'), answer },
        { names: ['sns'], needs: needs('sns:Publish'), answer },
        { names: ['s3'], needs: needs('s3:GetObject'), answer },
        { names: ['ses'], needs: needs('ses:SendEmail'), answer },
      ],
      caller: key => (key === 'f.1' ? caller : undefined),
      say: line => void said.push(line),
    })
  })
  afterAll(() => endpoint.stop())

  const call = (service: string, key: string, headers: Record<string, string> = {}) =>
    fetch(endpoint.url, { method: 'POST', headers: { ...signed(service, key), ...headers }, body: '{}' })

  it('refuses in the form of each protocol', async () => {
    const sqs = await call('sqs', 'f.1', { 'x-amz-target': 'AmazonSQS.SendMessage' })
    expect([sqs.status, sqs.headers.get('x-amzn-query-error')]).toEqual([403, 'AccessDenied;Sender'])
    const sns = await call('sns', 'f.1', { 'content-type': 'application/x-www-form-urlencoded' })
    expect([sns.status, await sns.text()]).toEqual([403, expect.stringContaining('<Code>AuthorizationError</Code>')])
    const s3 = await call('s3', 'f.1')
    expect([s3.status, await s3.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')])
    const ses = await call('ses', 'f.1')
    expect([ses.status, ses.headers.get('x-amzn-errortype')]).toEqual([403, 'AccessDeniedException'])
  })

  it('lets the operator do anything, and nobody whom it does not know', async () => {
    expect(await (await call('ses', 'OPERATOR')).json()).toEqual({ reached: true })
    const stranger = await call('ses', 'somebody')
    expect(stranger.headers.get('x-amzn-errortype')).toBe('UnrecognizedClientException')
  })

  it('answers 501 for a service that is not there, and says which', async () => {
    const failure = await callJson(endpoint.url, 'TrentService.Encrypt', {}).catch(cause => cause as AwsError)
    expect(failure).toBeInstanceOf(AwsError)
    expect(failure).toMatchObject({ name: 'NotImplemented', status: 501 })
    expect(said.at(-1)).toContain('501 kms Encrypt')
  })
})
