import { createHash } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { graceMs, idleDeadline, openingDeadlines } from '../domain/sessionClock.ts'
import type { Opening } from '../domain/signIn.ts'
import { latestFirst } from '../domain/signIns.ts'
import type { Binding } from '../kernel/port.ts'
import type { ProblemCode } from '../kernel/problem.ts'
import { randomToken } from '../kernel/random.ts'
import type { Write } from '../kernel/write.ts'
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

/**
 * Sessions wait for the cleanup in so many partitions of the index. Each move of an idle deadline is written there too: of a
 * hundred thousand users at work 3,333 a second, and a partition takes 1,000.
 */
export const expiryShards = 16

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
export const tokenHashOf = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** Where a session and its user lie. */
export interface SessionPlace {
  practiceId: PracticeId
  userId: UserId
  tokenHash: string
}

/** A session and its user, in one round trip; nothing unless both are there and the session is that user's. */
export async function sessionAt({ practiceId, userId, tokenHash }: SessionPlace, binding: Pick<Binding, 'signal'>) {
  return sessionFrom(await getItems(keysOf({ practiceId, userId, tokenHash }), binding))
}

export const keysOf = ({ practiceId, userId, tokenHash }: SessionPlace) => [
  sessionKey(practiceId, userId, tokenHash),
  userKey(practiceId, userId),
]

export function sessionFrom([sessionItem, userItem]: readonly (Record<string, unknown> | undefined)[]) {
  if (!sessionItem || !userItem) return undefined
  const session = sessionEntity.parse(sessionItem)
  const user = userEntity.parse(userItem)
  return session.practiceId === user.practiceId && session.userId === user.userId ? { session, user } : undefined
}

export const sessions = (
  binding: Pick<Binding, 'signal' | 'now' | 'source'> & Partial<Pick<Binding, 'practiceId'>>,
) => ({
  /** Whom a cookie names, if it can be one of ours at all: under them its requests are counted, in all sessions together. */
  subject(token: string): { practiceId: PracticeId; userId: UserId } | undefined {
    const [, practiceId, userId] = (tokenShape.exec(token) ?? []) as [string?, PracticeId?, UserId?]
    return practiceId && userId && { practiceId, userId }
  },

  /** By what the table knows a cookie. */
  hashOf: tokenHashOf,

  /** The session of a cookie and its user, in one round trip; nothing when either is not what the cookie says. */
  async find(token: string): Promise<{ session: Session; user: User } | undefined> {
    const named = this.subject(token)
    return named && sessionAt({ ...named, tokenHash: tokenHashOf(token) }, binding)
  },

  /** A new session of a user, to be committed, and the token that only the cookie will hold. */
  open(user: User, sessionId: SessionId, { until, ...how }: Opening, since?: Session) {
    const token = tokenOf(user.practiceId, user.userId, randomToken())
    const { practiceId, userId, role, patientId, practitionerId, sessionEpoch } = user
    const session: Session = {
      sessionId,
      tokenHash: tokenHashOf(token),
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

  /** Ends this token. Fails when a refresh has replaced it: then it is the new one that must be ended. */
  close(session: Session): Write<'already-refreshed'> {
    const { request, ...write } = sessionEntity.remove(session, 'already-refreshed')
    const ConditionExpression = `${request.ConditionExpression} AND attribute_not_exists(graceUntil)`
    return { ...write, request: { ...request, ConditionExpression } }
  },

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

  /** The tokens of one sign-in, latest first. Its session vouches for the practice of whoever is not signed in. */
  async family({ practiceId, userId, sessionId }: Session): Promise<Session[]> {
    const items = await queryAll({ pk: partitionOf(practiceId, userId) }, binding)
    const tokens = items.map(sessionEntity.parse)
    return tokens.filter(token => token.sessionId === sessionId).sort(latestFirst)
  },

  /** Ends these tokens. Fails when one of them was replaced meanwhile: its successor must be ended with it. */
  end: <C extends ProblemCode = 'conflict'>(tokens: readonly Session[], onConflict = 'conflict' as C) =>
    tokens.slice(0, mostEnded).map(token => sessionEntity.remove(token, onConflict)),

  /** A page of sessions of one shard that ended before `now`. */
  async expired(shard: number, now: Instant, cursor?: string) {
    const run = { index: 'gsi2' as const, pk: `SESSION#EXPIRES#${shard}`, to: now, limit: 100, cursor }
    return queryItems(run, binding)
  },

  /** Removes a session that has ended. False when another run did so first. */
  sweep: (item: Record<string, unknown>, now: Instant) => removeExpired(item, 'absoluteExpiresAt', now, binding.signal),
})
