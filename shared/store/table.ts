import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'

/**
 * The one client of the table, and of that of the keys. Three attempts: a throttled or torn call is repeated inside the request's own time, and a
 * fault that outlasts that is the caller's to hear of.
 */
let client: DynamoDBDocumentClient | undefined

export function table(): DynamoDBDocumentClient {
  client ??= DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 3 }), {
    marshallOptions: { removeUndefinedValues: true },
  })
  return client
}

/** The table's name, which the stack puts into the environment of every function that has a port to it. */
export function tableName(): string {
  const name = process.env.TABLE_NAME
  if (!name) throw new Error('TABLE_NAME is not set')
  return name
}

/** That of the table in which the keys of patients' records lie, for functions that open or seal some. */
export function keysTableName(): string {
  const name = process.env.KEYS_TABLE_NAME
  if (!name) throw new Error('KEYS_TABLE_NAME is not set')
  return name
}

/** For tests and tools that point the process at another table. */
export function forgetTable(): void {
  client = undefined
}
