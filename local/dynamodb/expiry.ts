import { callJson } from '../aws/json.ts'
import { expiredItems, marked } from './file.ts'

type Item = Record<string, Record<string, unknown>>
type KeySchema = { AttributeName: string }[]
interface Page {
  Items: Item[]
  LastEvaluatedKey?: Item
}

/** TTL leaves alone what expired more than five years ago: a date in milliseconds or a typing error, not an expiry. */
const fiveYears = 5 * 365 * 86_400

/**
 * Deletes the items whose TTL attribute is in the past, as DynamoDB's own sweep does within a few days and the embedded
 * engine never does. Gives how many went. In the stream they carry the TTL service's `userIdentity`.
 */
export async function sweepExpired(
  dynamo: { endpoint: string; file?: string },
  now: number = Date.now(),
): Promise<number> {
  const call = <Result>(operation: string, input: object) =>
    callJson<Result>(dynamo.endpoint, `DynamoDB_20120810.${operation}`, input)
  const before = Math.floor(now / 1_000)
  let swept = 0
  for (const TableName of (await call<{ TableNames: string[] }>('ListTables', {})).TableNames) {
    const ttl = await call<{ TimeToLiveDescription?: { AttributeName?: string } }>('DescribeTimeToLive', { TableName })
    const attribute = ttl.TimeToLiveDescription?.AttributeName
    if (!attribute) continue
    const expired = await findExpired(TableName, attribute, before)
    if (!expired.length) continue
    const { Table } = await call<{ Table: { KeySchema: KeySchema } }>('DescribeTable', { TableName })
    const remove = async () => {
      for (const item of expired) swept += await removeOne(TableName, Table.KeySchema, attribute, item)
    }
    if (dynamo.file) await marked(dynamo.file, TableName, attribute, before, remove)
    else await remove()
  }
  return swept

  async function findExpired(TableName: string, attribute: string, before: number): Promise<Item[]> {
    if (dynamo.file) {
      const items = expiredItems(dynamo.file, TableName, attribute, before - fiveYears, before)
      return items.map(item => JSON.parse(item) as Item)
    }
    const found: Item[] = []
    let start: Item | undefined
    do {
      const page: Page = await call('Scan', {
        TableName,
        FilterExpression: '#ttl BETWEEN :from AND :before',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':from': { N: String(before - fiveYears) }, ':before': { N: String(before) } },
        ExclusiveStartKey: start,
      })
      found.push(...page.Items)
      start = page.LastEvaluatedKey
    } while (start)
    return found
  }

  async function removeOne(TableName: string, schema: KeySchema, attribute: string, item: Item): Promise<number> {
    try {
      await call('DeleteItem', {
        TableName,
        Key: Object.fromEntries(schema.map(({ AttributeName }) => [AttributeName, item[AttributeName]])),
        ConditionExpression: '#ttl = :ttl',
        ExpressionAttributeNames: { '#ttl': attribute },
        ExpressionAttributeValues: { ':ttl': item[attribute] },
      })
      return 1
    } catch {
      // It was renewed or deleted since it was read.
      return 0
    }
  }
}
