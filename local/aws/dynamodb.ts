import { grantsFor, type KeyNames, nameOf } from '../dynamodb/grants.ts'
import { send } from '../http.ts'
import { type AwsCall, type AwsReply, type AwsService, account, type Need, region } from './service.ts'

type Json = Record<string, unknown>

const reads = new Set(['GetItem', 'Query', 'Scan', 'BatchGetItem', 'TransactGetItems'])
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'])

/**
 * DynamoDB and its streams, by the embedded engine. What differs from the service is put right on the way: the region in
 * ARNs. Each call is made to report its consumed capacity, for the traces; a caller who did not ask never sees it.
 * `wrote` hears of every table that was written to, so that stream readers need not wait for their next poll.
 */
export function dynamodb(options: {
  endpoint: string
  keys(table: string): KeyNames | undefined
  wrote?(): void
}): AwsService {
  // The region in the engine's own ARNs; each engine has another, and tells it with the first table.
  let engineRegion = 'dynoxide'
  const inputs = new WeakMap<AwsCall, Json>()
  const inputOf = (call: AwsCall) => {
    const known = inputs.get(call)
    if (known) return known
    const input = JSON.parse(call.body.toString() || '{}') as Json
    inputs.set(call, input)
    return input
  }
  return { names: ['dynamodb'], needs, answer }

  function needs(call: AwsCall): Need[] {
    const input = inputOf(call)
    const operation = operationOf(call)
    if (!isStreams(call)) return grantsFor(operation, input, options.keys)
    const table = nameOf(input.TableName)
    const resource =
      input.StreamArn ?? (table && `arn:aws:dynamodb:${region}:${account}:table/${table}/stream/*`) ?? '*'
    return [{ action: `dynamodb:${operation}`, resource: String(resource), context: {} }]
  }

  async function answer(call: AwsCall): Promise<AwsReply> {
    const operation = operationOf(call)
    const read = reads.has(operation)
    if (!read && !writes.has(operation)) return control(call)
    const input = inputOf(call)
    const asked = typeof input.ReturnConsumedCapacity === 'string' && input.ReturnConsumedCapacity !== 'NONE'
    const body = JSON.stringify({
      ...input,
      ...(input.TableName ? { TableName: nameOf(input.TableName) } : {}),
      ...(asked ? {} : { ReturnConsumedCapacity: 'TOTAL' }),
    })
    const reply = await forward(call, body)
    if (reply.status !== 200) return reply
    if (!read) options.wrote?.()
    const { ConsumedCapacity, ...rest } = JSON.parse(reply.body.toString()) as { ConsumedCapacity?: Units | Units[] }
    const units = [ConsumedCapacity ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
    const headers = {
      ...reply.headers,
      [read ? 'x-local-read-units' : 'x-local-write-units']: String(units),
      'x-local-spaces': spacesOf(operation, input).join(),
      'x-local-puts': JSON.stringify(putsOf(operation, input, options.keys)),
    }
    return asked ? { ...reply, headers } : { ...reply, headers, body: JSON.stringify(rest) }
  }

  /** What the keys begin with that a call names: `PATIENT` of `PATIENT#1`. */
  function spacesOf(operation: string, input: Json): string[] {
    const keys = grantsFor(operation, input, options.keys).flatMap(
      ({ context }) => context['dynamodb:LeadingKeys'] ?? [],
    )
    return [...new Set(keys.map(key => key.replace(/#.*/s, '')))]
  }

  /** Calls that name tables and streams by ARN: the engine's own region is put in, and taken out again. */
  async function control(call: AwsCall): Promise<AwsReply> {
    const isData = /^(GetRecords|ExecuteStatement|BatchExecuteStatement|ExecuteTransaction)$/.test(operationOf(call))
    const text = call.body.toString()
    const reply = await forward(
      call,
      isData ? text : text.replaceAll(`:dynamodb:${region}:`, `:dynamodb:${engineRegion}:`),
    )
    if (/^(ExecuteStatement|BatchExecuteStatement|ExecuteTransaction)$/.test(operationOf(call))) options.wrote?.()
    const answered = reply.body.toString()
    if (isData) return { ...reply, body: answered.replace(/"awsRegion":"[\w-]+"/g, `"awsRegion":"${region}"`) }
    engineRegion = /"arn:aws:dynamodb:([\w-]+):/.exec(answered)?.[1] ?? engineRegion
    return { ...reply, body: answered.replaceAll(`:dynamodb:${engineRegion}:`, `:dynamodb:${region}:`) }
  }

  async function forward(call: AwsCall, body: string): Promise<AwsReply> {
    const { 'content-type': type = 'application/x-amz-json-1.0', 'x-amz-target': target = '' } = call.headers
    const { authorization = '', 'x-amz-date': date = '' } = call.headers
    const reply = await send(
      options.endpoint,
      'POST',
      { 'content-type': type, 'x-amz-target': target, authorization, 'x-amz-date': date },
      body,
    )
    const { 'content-type': answered = type, 'x-amzn-requestid': requestId = '' } = reply.headers
    return {
      status: reply.status,
      headers: { 'content-type': answered, 'x-amzn-requestid': requestId },
      body: reply.body,
    }
  }
}

/** An item that is put: what its key begins with, and the units that this takes where none is there yet. */
export interface Put {
  space: string
  units: number
}

/** DynamoDB's own rule: a unit for each KB begun, of the table (twice in a transaction) and of each index that the item is in. */
function putsOf(operation: string, input: Json, keys: (table: string) => KeyNames | undefined): Put[] {
  const inTransaction = operation === 'TransactWriteItems'
  const requests: Json[] = inTransaction
    ? (input.TransactItems as { Put?: Json }[]).flatMap(({ Put }) => (Put ? [Put] : []))
    : operation === 'PutItem'
      ? [input]
      : []
  return requests.map(({ TableName, Item }) => {
    const { pk = '', indexes = {} } = keys(nameOf(TableName) ?? '') ?? {}
    const item = Item as Record<string, { S?: string }>
    const within = Object.values(indexes).filter(({ hash, sort }) => item[hash] && (!sort || item[sort]))
    const bytes = Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0)
    const kilobytes = Math.ceil(bytes / 1_024)
    const ofIndexes = within.reduce((sum, { keysOnly }) => sum + (keysOnly ? 1 : kilobytes), 0)
    return {
      space: String(item[pk]?.S).replace(/#.*/s, ''),
      units: kilobytes * (inTransaction ? 2 : 1) + ofIndexes,
    }
  })
}

/** Bytes of a value as DynamoDB counts them: names and texts in UTF-8, two digits a byte, and a little for what holds others. */
function sizeOf(value: unknown): number {
  const [type, inner] = Object.entries(value as Json)[0] ?? []
  if (type === 'S') return Buffer.byteLength(String(inner))
  if (type === 'N') return Math.ceil(String(inner).replace(/[-.]/g, '').length / 2) + 1
  if (type === 'B') return Buffer.byteLength(String(inner), 'base64')
  if (type === 'L') return (inner as unknown[]).reduce<number>((sum, one) => sum + 1 + sizeOf(one), 3)
  if (type !== 'M') return 1
  return Object.entries(inner as Json).reduce((sum, [name, one]) => sum + 1 + Buffer.byteLength(name) + sizeOf(one), 3)
}

interface Units {
  CapacityUnits?: number
}

const operationOf = (call: AwsCall) => call.headers['x-amz-target']?.split('.')[1] ?? ''
const isStreams = (call: AwsCall) => call.headers['x-amz-target']?.startsWith('DynamoDBStreams') === true
