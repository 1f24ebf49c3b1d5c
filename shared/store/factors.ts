import { mostFailures } from '../domain/secondFactor.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { type BackupCode, SmsFactor, TotpFactor } from '../schema/identity.ts'
import type { UserId } from '../schema/ids.ts'
import { reserveAttempt, unreserveAttempt } from './authenticator.ts'
import { practiceOf } from './practice.ts'
import { queryAll, queryItems } from './read.ts'
import { tableName } from './table.ts'

/** An authenticator that is enabled, or one that has yet to show a code. */
type Status = 'pending' | 'active'

/** A user's second factors. Each code works once: the write that accepts it demands that nobody accepted it before. */
export const factors = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  const partition = (userId: UserId) => `FACTOR#${practiceId}#${userId}`
  const key = (userId: UserId, status: Status) => ({
    pk: partition(userId),
    sk: status === 'active' ? 'TOTP' : 'ENROLMENT',
  })
  const codeKey = (userId: UserId, codeHash: string) => ({ pk: partition(userId), sk: `CODE#${codeHash}` })

  return {
    /** Counts an attempt and answers the factor; nothing when there is none, or it answers no more. */
    async reserve(userId: UserId, status: Status): Promise<TotpFactor | undefined> {
      const item = await reserveAttempt(key(userId, status), binding)
      return item && TotpFactor.parse(item)
    },

    unreserve: (userId: UserId, status: Status): Promise<void> => unreserveAttempt(key(userId, status), binding),

    /** All that a user has enabled, and the hashes of the backup codes that are left. */
    async of(userId: UserId): Promise<{
      totp?: TotpFactor | undefined
      sms?: SmsFactor | undefined
      codeHashes: string[]
    }> {
      const items = await queryAll({ pk: partition(userId) }, binding)
      const at = (sk: string) => items.find(item => item.sk === sk)
      const [totp, sms] = [at('TOTP'), at('SMS')]
      return {
        totp: totp && TotpFactor.parse(totp),
        sms: sms && SmsFactor.parse(sms),
        codeHashes: items.map(({ sk }) => String(sk)).flatMap(sk => (sk.startsWith('CODE#') ? [sk.slice(5)] : [])),
      }
    },

    /** A new authenticator that has yet to prove itself. It takes the place of another such; an enabled one goes on. */
    setUp: (userId: UserId, seed: string): Write<'conflict'> => ({
      kind: 'put',
      request: { TableName: tableName(), Item: { ...key(userId, 'pending'), ...fresh(userId, seed) } },
      onConflict: 'conflict',
      record: { entity: 'Factor', id: userId, changed: ['seed'] },
    }),

    /** Enables an authenticator that has shown a right code, in the place of the one before; of many tries at once one does. */
    enable: (pending: TotpFactor, step: number): Write<'code-refused'>[] => [
      {
        kind: 'delete',
        request: {
          TableName: tableName(),
          Key: key(pending.userId, 'pending'),
          ConditionExpression: 'seed = :seed',
          ExpressionAttributeValues: { ':seed': pending.seed },
        },
        onConflict: 'code-refused',
      },
      {
        kind: 'put',
        request: {
          TableName: tableName(),
          Item: { ...key(pending.userId, 'active'), ...pending, lastStep: step, failures: 0 },
        },
        onConflict: 'code-refused',
        record: { entity: 'Factor', id: pending.userId, changed: ['status', 'seed'] },
      },
    ],

    /** Enables an authenticator without a code: for whoever plants a practice and knows the seed. */
    plant: (userId: UserId, seed: string): Write<'conflict'> => ({
      kind: 'put',
      request: { TableName: tableName(), Item: { ...key(userId, 'active'), ...fresh(userId, seed) } },
      onConflict: 'conflict',
      record: { entity: 'Factor', id: userId, changed: ['status', 'seed'] },
    }),

    /** Accepts the code of a time step, once: a step not later than the last accepted one is refused. */
    accept: (factor: TotpFactor, step: number): Write<'code-refused'> => ({
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: key(factor.userId, 'active'),
        UpdateExpression: 'SET lastStep = :step, failures = :none ADD version :one',
        ConditionExpression: 'lastStep < :step AND seed = :seed',
        ExpressionAttributeValues: { ':step': step, ':none': 0, ':one': 1, ':seed': factor.seed },
      },
      onConflict: 'code-refused',
      record: { entity: 'Factor', id: factor.userId, changed: ['lastStep'] },
    }),

    /** Removes an enabled authenticator: the one that was read, and not one that took its place meanwhile. */
    remove: (factor: TotpFactor): Write<'conflict'> => ({
      kind: 'delete',
      request: {
        TableName: tableName(),
        Key: key(factor.userId, 'active'),
        ConditionExpression: 'seed = :seed',
        ExpressionAttributeValues: { ':seed': factor.seed },
      },
      onConflict: 'conflict',
      record: { entity: 'Factor', id: factor.userId, changed: ['status'] },
    }),

    /** Whether a backup code is left. */
    async hasBackupCode(userId: UserId): Promise<boolean> {
      const { items } = await queryItems({ pk: key(userId, 'active').pk, prefix: 'CODE#', limit: 1 }, binding)
      return items.length > 0
    },

    addBackupCode: (code: BackupCode): Write<'conflict'> => ({
      kind: 'put',
      request: { TableName: tableName(), Item: { ...codeKey(code.userId, code.codeHash), ...code } },
      onConflict: 'conflict',
    }),

    /** Voids backup codes, used meanwhile or not. */
    voidBackupCodes: (userId: UserId, codeHashes: readonly string[]): Write<'conflict'>[] =>
      codeHashes.map(codeHash => ({
        kind: 'delete',
        request: { TableName: tableName(), Key: codeKey(userId, codeHash) },
        onConflict: 'conflict',
      })),

    /** Redeems a backup code by deleting it: whoever comes second finds none. */
    redeem: (userId: UserId, codeHash: string): Write<'code-refused'> => ({
      kind: 'delete',
      request: {
        TableName: tableName(),
        Key: codeKey(userId, codeHash),
        ConditionExpression: 'attribute_exists(pk)',
      },
      onConflict: 'code-refused',
      record: { entity: 'Factor', id: userId, changed: ['backupCodes'] },
    }),

    /** Attempts are forgiven once a backup code proved the user; not those of an authenticator that answers no more. */
    forgive: (factor: TotpFactor): Write<'conflict'> => ({
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: key(factor.userId, 'active'),
        UpdateExpression: 'SET failures = :none',
        ConditionExpression: 'failures < :most',
        ExpressionAttributeValues: { ':none': 0, ':most': mostFailures },
      },
      onConflict: 'conflict',
    }),
  }

  function fresh(userId: UserId, seed: string): TotpFactor {
    return { practiceId, userId, seed, lastStep: -1, failures: 0, createdAt: now, version: 1 }
  }
}

export type Factors = ReturnType<typeof factors>
