import { createHash } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { graceMs, idleDeadline, openingDeadlines } from '../domain/sessionClock.ts'
import type { Opening } from '../domain/signIn.ts'
import type { Binding } from '../kernel/port.ts'
import { randomToken } from '../kernel/random.ts'
import { Session, type User } from '../schema/identity.ts'
import type { PracticeId, SessionId, UserId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import { entity, keyOf } from './entity.ts'
import { removeExpired } from './expiry.ts'
import { faults } from './faults.ts'
import { practiceOf } from './practice.ts'
import { getItems, queryAll, queryItems } from './read.ts'
import { table, tableName } from './table.ts'
import { userEntity, userKey } from './users.ts'

/** Expired sessions wait for the cleanup in so many partitions of the index. */
export const expiryShards = 8

/** A transaction holds a hundred items; these leave room for what is written with them. */
const mostEnded = 90

export const sessionEntity = entity<Session>({
  name: 'Session',
  schema: Session,
  id: session => session.sessionId,
  keys: session => ({
    ...sessionKey(session.practiceId, session.userId, session.tokenHash),
    gsi2pk: `SESSION#EXPIRES#${session.tokenHash.charCodeAt(0) % expiryShards}`,
    gsi2sk: session.absoluteExpiresAt,
  }),
  ttl: session => Math.ceil(Date.parse(session.absoluteExpiresAt) / 1000) + 86_400,
  audited: false,
})

/**
 * All tokens of a user lie in one partition, so that a list of them is consistent: what ends a sign-in sees also the token
 * that was made a moment ago, which an index might not know yet.
 */
const partitionOf = (practiceId: PracticeId, userId: UserId) => `SESSION#${practiceId}#${userId}`
const sessionKey = (practiceId: PracticeId, userId: UserId, tokenHash: string) => ({
  pk: partitionOf(practiceId, userId),
  sk: tokenHash,
})

/**
 * The cookie's value. Its secret is 256 random bits; practice and user stand before it only to say where its session lies:
 * in no other partition is it looked for.
 */
const tokenOf = (practiceId: PracticeId, userId: UserId, secret: string) => `${practiceId}.${userId}.${secret}`
const tokenShape = /^(prc_[0-9A-Z]{20})\.(usr_[0-9A-Z]{20})\.([A-Za-z0-9_-]{43})$/
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

export const sessions = (
  binding: Pick<Binding, 'signal' | 'now' | 'source'> & Partial<Pick<Binding, 'practiceId'>>,
) => ({
  /** Whether a cookie can be one of ours at all. */
  wellFormed: (token: string): boolean => tokenShape.test(token),

  /** The subject under which requests with this cookie are limited; a forged cookie has a bucket of its own. */
  subject: hashOf,

  /** The session of a cookie and its user, in one round trip; nothing when either is not what the cookie says. */
  async find(token: string): Promise<{ session: Session; user: User } | undefined> {
    const [, practiceId, userId] = (tokenShape.exec(token) ?? []) as [string?, PracticeId?, UserId?]
    if (!practiceId || !userId) return undefined
    const keys = [sessionKey(practiceId, userId, hashOf(token)), userKey(practiceId, userId)]
    const [sessionItem, userItem] = await getItems(keys, binding)
    if (!sessionItem || !userItem) return undefined
    const session = sessionEntity.parse(sessionItem)
    const user = userEntity.parse(userItem)
    return session.practiceId === user.practiceId && session.userId === user.userId ? { session, user } : undefined
  },

  /** A new session of a user, to be committed, and the token that only the cookie will hold. */
  open(user: User, sessionId: SessionId, { until, ...how }: Opening, since?: Session) {
    const token = tokenOf(user.practiceId, user.userId, randomToken())
    const { practiceId, userId, role, patientId, practitionerId, sessionEpoch } = user
    const session: Session = {
      sessionId,
      tokenHash: hashOf(token),
      practiceId,
      userId,
      role,
      patientId,
      practitionerId,
      ...how,
      source: since?.source ?? binding.source ?? { address: '-', client: '-' },
      epoch: sessionEpoch,
      signedInAt: since?.signedInAt ?? binding.now,
      ...openingDeadlines(binding.now, how.aal, since?.aal === 'pending' ? undefined : since, until),
      version: 1,
    }
    return { session, token, write: sessionEntity.create(session) }
  },

  /** The token just replaced: it goes on for the grace, for tabs that have not heard of the new one. */
  retire: (session: Session) =>
    sessionEntity.replace(session, { graceUntil: new Date(Date.parse(binding.now) + graceMs).toJSON() }),

  /** Ends this token. Fails when a refresh has just replaced it: then it is the new one that must be ended. */
  close: (session: Session) => sessionEntity.remove(session, 'already-refreshed'),

  /** Moves the idle deadline on. Never back, and never of a session that was closed or replaced meanwhile. */
  async slide(session: Session): Promise<void> {
    const deadline = idleDeadline(binding.now, session.absoluteExpiresAt)
    await faults(
      table().send(
        new UpdateCommand({
          TableName: tableName(),
          Key: keyOf(sessionEntity.keys(session)),
          UpdateExpression: 'SET idleExpiresAt = :deadline',
          ConditionExpression: 'idleExpiresAt < :deadline AND attribute_not_exists(graceUntil)',
          ExpressionAttributeValues: { ':deadline': deadline },
        }),
        { abortSignal: binding.signal },
      ),
    ).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error
    })
  },

  /** Every token of a user of the practice, also those that are over and not yet removed. */
  async ofUser(userId: UserId): Promise<Session[]> {
    const items = await queryAll({ pk: partitionOf(practiceOf(binding), userId) }, binding)
    return items.map(sessionEntity.parse)
  },

  /** Ends these tokens. Fails when one of them was replaced meanwhile: its successor must be ended with it. */
  end: (tokens: readonly Session[]) => tokens.slice(0, mostEnded).map(token => sessionEntity.remove(token)),

  /** A page of sessions of one shard that ended before `now`. */
  async expired(shard: number, now: Instant, cursor?: string) {
    const run = { index: 'gsi2' as const, pk: `SESSION#EXPIRES#${shard}`, to: now, limit: 100, cursor }
    return queryItems(run, binding)
  },

  /** Removes a session that has ended. False when another run did so first. */
  sweep: (item: Record<string, unknown>, now: Instant) => removeExpired(item, 'absoluteExpiresAt', now, binding.signal),
})
