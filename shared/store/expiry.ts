import { DeleteCommand } from '@aws-sdk/lib-dynamodb'
import type { Instant } from '../schema/time.ts'
import { faults } from './faults.ts'
import { table, tableName } from './table.ts'

/**
 * Deletes an item whose time, compared again at the item itself, has come. Two sweeps of one item remove it once: false
 * tells the one that came second, or that the item has been given more time since the index was read.
 */
export async function removeExpired(
  item: Record<string, unknown>,
  deadline: string,
  now: Instant,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await faults(
      table().send(
        new DeleteCommand({
          TableName: tableName(),
          Key: { pk: item.pk, sk: item.sk },
          ConditionExpression: '#deadline <= :now',
          ExpressionAttributeNames: { '#deadline': deadline },
          ExpressionAttributeValues: { ':now': now },
        }),
        { abortSignal: signal },
      ),
    )
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false
    throw error
  }
}
