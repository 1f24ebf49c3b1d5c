import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { type BackupCode, TotpFactor } from '../schema/identity.ts'
import type { PracticeId, UserId } from '../schema/ids.ts'
import { faults } from './faults.ts'
import { practiceOf } from './practice.ts'
import { queryItems } from './read.ts'
import { table, tableName } from './table.ts'

/** Consecutive wrong codes after which an authenticator answers no more (NIST SP 800-63B-4 §3.2.2). */
const mostFailures = 100

/** A user's second factors. Each code works once: the write that accepts it demands that nobody accepted it before. */
export const factors = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now, signal } = binding
  const key = (userId: UserId) => ({ pk: `FACTOR#${practiceId}#${userId}`, sk: 'TOTP' })

  return {
    /**
     * Counts an attempt *before* its code is looked at, so that parallel guesses are all counted, and answers the factor.
     * Nothing when there is no such factor, or too many attempts failed.
     */
    async reserve(userId: UserId, status: 'pending' | 'active'): Promise<TotpFactor | undefined> {
      try {
        const { Attributes } = await faults(
          table().send(
            new UpdateCommand({
              TableName: tableName(),
              Key: key(userId),
              UpdateExpression: 'ADD failures :one',
              ConditionExpression: '#status = :status AND failures < :most',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: { ':one': 1, ':status': status, ':most': mostFailures },
              ReturnValues: 'ALL_NEW',
            }),
            { abortSignal: signal },
          ),
        )
        return TotpFactor.parse(Attributes)
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined
        throw error
      }
    },

    /** Takes a counted attempt back whose code was never looked at, since another limit refused it first. */
    async unreserve(userId: UserId): Promise<void> {
      await faults(
        table().send(
          new UpdateCommand({
            TableName: tableName(),
            Key: key(userId),
            UpdateExpression: 'ADD failures :back',
            ConditionExpression: 'failures > :none',
            ExpressionAttributeValues: { ':back': -1, ':none': 0 },
          }),
          { abortSignal: signal },
        ),
      ).catch((error: Error) => {
        if (error.name !== 'ConditionalCheckFailedException') throw error
      })
    },

    /** A new authenticator that has yet to prove itself. It takes the place of another such, never of an enabled one. */
    setUp: (userId: UserId, seed: string): Write<'mfa-already-enabled'> => ({
      kind: 'put',
      request: {
        TableName: tableName(),
        Item: {
          ...key(userId),
          practiceId,
          userId,
          status: 'pending',
          seed,
          lastStep: -1,
          failures: 0,
          createdAt: now,
          version: 1,
        } satisfies TotpFactor & { pk: string; sk: string },
        ConditionExpression: 'attribute_not_exists(pk) OR #status <> :active',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':active': 'active' },
      },
      onConflict: 'mfa-already-enabled',
      record: { entity: 'Factor', id: userId, changed: ['seed', 'status'] },
    }),

    /** Enables an authenticator without a code: for whoever plants a practice and knows the seed. */
    activate: (userId: UserId): Write<'mfa-not-set-up'> => ({
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: key(userId),
        UpdateExpression: 'SET #status = :active',
        ConditionExpression: '#status = :pending',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':active': 'active', ':pending': 'pending' },
      },
      onConflict: 'mfa-not-set-up',
      record: { entity: 'Factor', id: userId, changed: ['status'] },
    }),

    /** Accepts the code of a time step, once: a step not later than the last accepted one is refused. */
    accept: (factor: TotpFactor, step: number): Write<'code-refused'> => ({
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: key(factor.userId),
        UpdateExpression: 'SET lastStep = :step, failures = :none, #status = :active ADD version :one',
        ConditionExpression: 'lastStep < :step AND #status = :was AND seed = :seed',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':step': step,
          ':none': 0,
          ':one': 1,
          ':active': 'active',
          ':was': factor.status,
          ':seed': factor.seed,
        },
      },
      onConflict: 'code-refused',
      record: { entity: 'Factor', id: factor.userId, changed: factor.status === 'pending' ? ['status'] : ['lastStep'] },
    }),

    /** Whether a backup code is left. */
    async hasBackupCode(userId: UserId): Promise<boolean> {
      const { items } = await queryItems({ pk: key(userId).pk, prefix: 'CODE#', limit: 1 }, binding)
      return items.length > 0
    },

    addBackupCode: (code: BackupCode): Write<'conflict'> => ({
      kind: 'put',
      request: { TableName: tableName(), Item: { ...backupKey(practiceId, code.userId, code.codeHash), ...code } },
      onConflict: 'conflict',
    }),

    /** Redeems a backup code by deleting it: whoever comes second finds none. */
    redeem: (userId: UserId, codeHash: string): Write<'code-refused'> => ({
      kind: 'delete',
      request: {
        TableName: tableName(),
        Key: backupKey(practiceId, userId, codeHash),
        ConditionExpression: 'attribute_exists(pk)',
      },
      onConflict: 'code-refused',
      record: { entity: 'Factor', id: userId, changed: ['backupCodes'] },
    }),

    /** Attempts are forgiven once a backup code proved the user. */
    forgive: (factor: TotpFactor): Write<'conflict'> => ({
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: key(factor.userId),
        UpdateExpression: 'SET failures = :none',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':none': 0 },
      },
      onConflict: 'conflict',
    }),
  }
}

export type Factors = ReturnType<typeof factors>

const backupKey = (practiceId: PracticeId, userId: UserId, codeHash: string) => ({
  pk: `FACTOR#${practiceId}#${userId}`,
  sk: `CODE#${codeHash}`,
})
