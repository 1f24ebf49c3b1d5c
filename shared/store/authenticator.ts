import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { mostFailures } from '../domain/secondFactor.ts'
import type { Binding } from '../kernel/port.ts'
import { faults } from './faults.ts'
import { table, tableName } from './table.ts'

type Key = { pk: string; sk: string }

/**
 * Counts an attempt at an authenticator *before* its code is looked at, so that parallel guesses are all counted, and answers
 * the item. Nothing when there is none, or too many attempts in a row have failed.
 */
export async function reserveAttempt(
  Key: Key,
  { signal }: Pick<Binding, 'signal'>,
): Promise<Record<string, unknown> | undefined> {
  return ifItHolds(
    table().send(
      new UpdateCommand({
        TableName: tableName(),
        Key,
        UpdateExpression: 'ADD failures :one',
        ConditionExpression: 'attribute_exists(pk) AND failures < :most',
        ExpressionAttributeValues: { ':one': 1, ':most': mostFailures },
        ReturnValues: 'ALL_NEW',
      }),
      { abortSignal: signal },
    ),
  ).then(answer => answer?.Attributes)
}

/** Takes a counted attempt back whose code was never looked at, since another limit refused it first. */
export async function unreserveAttempt(Key: Key, { signal }: Pick<Binding, 'signal'>): Promise<void> {
  await ifItHolds(
    table().send(
      new UpdateCommand({
        TableName: tableName(),
        Key,
        UpdateExpression: 'ADD failures :back',
        ConditionExpression: 'failures > :none',
        ExpressionAttributeValues: { ':back': -1, ':none': 0 },
      }),
      { abortSignal: signal },
    ),
  )
}

async function ifItHolds<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await faults(call)
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined
    throw error
  }
}
