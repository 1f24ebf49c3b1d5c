import { pausedSince, pauseLeft } from '../domain/texts.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { type SmsChallenge, SmsFactor } from '../schema/identity.ts'
import type { UserId } from '../schema/ids.ts'
import { reserveAttempt, unreserveAttempt } from './authenticator.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'
import { tableName } from './table.ts'

/** Phones that get codes. The last code alone works: sending another voids it, and so does its use. */
export const smsFactors = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  const key = (userId: UserId) => ({ pk: `FACTOR#${practiceId}#${userId}`, sk: 'SMS' })
  const record = (id: UserId, ...changed: string[]) => ({ record: { entity: 'Factor', id, changed } })
  const paused = (before: SmsFactor | undefined) =>
    ({ onConflict: 'too-many-texts', retryAfter: pauseLeft(before?.sentAt, now) }) as const

  return {
    async find(userId: UserId): Promise<SmsFactor | undefined> {
      const item = await getItem(key(userId), binding)
      return item && SmsFactor.parse(item)
    },

    /** Counts an attempt and answers the factor; nothing when there is none, or it answers no more. */
    async reserve(userId: UserId): Promise<SmsFactor | undefined> {
      const item = await reserveAttempt(key(userId), binding)
      return item && SmsFactor.parse(item)
    },

    unreserve: (userId: UserId): Promise<void> => unreserveAttempt(key(userId), binding),

    /** A phone that has yet to prove itself, and the code on its way to it. Refused while a text was sent a moment ago. */
    setUp: (
      userId: UserId,
      phone: string,
      challenge: SmsChallenge,
      before: SmsFactor | undefined,
    ): Write<'too-many-texts'> => ({
      kind: 'put',
      request: {
        TableName: tableName(),
        Item: {
          ...key(userId),
          practiceId,
          userId,
          status: 'pending',
          phone,
          challenge,
          sentAt: now,
          failures: 0,
          createdAt: now,
          version: 1,
        } satisfies SmsFactor & { pk: string; sk: string },
        ConditionExpression: 'attribute_not_exists(pk) OR (#status = :pending AND sentAt <= :since)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':pending': 'pending', ':since': pausedSince(now) },
      },
      ...paused(before),
      ...record(userId, 'phone', 'status', 'challenge'),
    }),

    /** Another code on its way to an enabled phone: the one before works no more. */
    challenge: (factor: SmsFactor, challenge: SmsChallenge): Write<'too-many-texts'> => ({
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: key(factor.userId),
        UpdateExpression: 'SET challenge = :challenge, sentAt = :now',
        ConditionExpression: '#status = :active AND sentAt <= :since AND phone = :phone',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':challenge': challenge,
          ':now': now,
          ':active': 'active',
          ':since': pausedSince(now),
          ':phone': factor.phone,
        },
      },
      ...paused(factor),
      ...record(factor.userId, 'challenge'),
    }),

    /** Uses a code up: whoever comes second with it finds no challenge. */
    accept: (factor: SmsFactor, { ticketId }: SmsChallenge): Write<'code-refused'> => ({
      kind: 'update',
      request: {
        TableName: tableName(),
        Key: key(factor.userId),
        UpdateExpression:
          'SET failures = :none, #status = :active, riskAcceptedAt = :risk REMOVE challenge ADD version :one',
        ConditionExpression: 'challenge.ticketId = :ticket',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: {
          ':none': 0,
          ':active': 'active',
          ':risk': factor.riskAcceptedAt ?? now,
          ':one': 1,
          ':ticket': ticketId,
        },
      },
      onConflict: 'code-refused',
      ...record(factor.userId, factor.status === 'pending' ? 'status' : 'challenge'),
    }),

    /** Removes the phone that was read. */
    remove: (factor: SmsFactor): Write<'conflict'> => ({
      kind: 'delete',
      request: {
        TableName: tableName(),
        Key: key(factor.userId),
        ConditionExpression: 'phone = :phone',
        ExpressionAttributeValues: { ':phone': factor.phone },
      },
      onConflict: 'conflict',
      ...record(factor.userId, 'phone', 'status'),
    }),
  }
}
