import { createHash } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { graceMs, idleDeadline, openingDeadlines } from '../domain/sessionClock.ts'
import type { Binding } from '../kernel/port.ts'
import { randomToken } from '../kernel/random.ts'
import type { Write } from '../kernel/write.ts'
import { Session, type User } from '../schema/identity.ts'
import type { PracticeId, SessionId, UserId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import { entity, keyOf } from './entity.ts'
import { removeExpired } from './expiry.ts'
import { faults } from './faults.ts'
import { getItems, queryAll, queryItems } from './read.ts'
import { table, tableName } from './table.ts'
import { userEntity, userKey } from './users.ts'

/** Expired sessions wait for the cleanup in so many partitions of the index. */
export const expiryShards = 8

export const sessionEntity = entity<Session>({
  name: 'Session',
  schema: Session,
  id: session => session.sessionId,
  keys: session => ({
    pk: `SESSION#${session.tokenHash}`,
    sk: 'SESSION',
    gsi1pk: `SESSION#${session.practiceId}#${session.userId}`,
    gsi1sk: `${session.sessionId}#${session.tokenHash}`,
    gsi2pk: `SESSION#EXPIRES#${session.tokenHash.charCodeAt(0) % expiryShards}`,
    gsi2sk: session.absoluteExpiresAt,
  }),
  ttl: session => Math.ceil(Date.parse(session.absoluteExpiresAt) / 1000) + 86_400,
  audited: false,
})

/**
 * The cookie's value. Its secret is 256 random bits; practice and user stand before it only so that session and user are
 * read in one round trip, and are believed only when the session says the same.
 */
const tokenOf = (practiceId: PracticeId, userId: UserId, secret: string) => `${practiceId}.${userId}.${secret}`
const tokenShape = /^(prc_[0-9A-Z]{20})\.(usr_[0-9A-Z]{20})\.([A-Za-z0-9_-]{43})$/
const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

export const sessions = (binding: Pick<Binding, 'signal' | 'now' | 'source'>) => ({
  /** Whether a cookie can be one of ours at all. */
  wellFormed: (token: string): boolean => tokenShape.test(token),

  /** The subject under which requests with this cookie are limited; a forged cookie has a bucket of its own. */
  subject: hashOf,

  /** The session of a cookie and its user, in one round trip; nothing when either is not what the cookie says. */
  async find(token: string): Promise<{ session: Session; user: User } | undefined> {
    const [, practiceId, userId] = (tokenShape.exec(token) ?? []) as [string?, PracticeId?, UserId?]
    if (!practiceId || !userId) return undefined
    const keys = [{ pk: `SESSION#${hashOf(token)}`, sk: 'SESSION' }, userKey(practiceId, userId)]
    const [sessionItem, userItem] = await getItems(keys, binding)
    if (!sessionItem || !userItem) return undefined
    const session = sessionEntity.parse(sessionItem)
    const user = userEntity.parse(userItem)
    return session.practiceId === user.practiceId && session.userId === user.userId ? { session, user } : undefined
  },

  /** A new session of a user, to be committed, and the token that only the cookie will hold. */
  open(user: User, sessionId: SessionId, how: Pick<Session, 'aal' | 'amr' | 'next' | 'verifiedAt'>, since?: Session) {
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
      ...openingDeadlines(binding.now, how.aal, since?.aal === 'pending' ? undefined : since),
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

  /** Ends every token that came of the same sign-in. */
  async endFamily(session: Session): Promise<number> {
    const pk = `SESSION#${session.practiceId}#${session.userId}`
    const family = await queryAll({ index: 'gsi1', pk, prefix: `${session.sessionId}#` }, binding)
    await Promise.all(family.map(item => expireNow(sessionEntity.keys(sessionEntity.parse(item)), binding)))
    return family.length
  },

  /** A page of sessions of one shard that ended before `now`. */
  async expired(shard: number, now: Instant, cursor?: string) {
    const run = { index: 'gsi2' as const, pk: `SESSION#EXPIRES#${shard}`, to: now, limit: 100, cursor }
    return queryItems(run, binding)
  },

  /** Removes a session that has ended. False when another run did so first. */
  sweep: (item: Record<string, unknown>, now: Instant) => removeExpired(item, 'absoluteExpiresAt', now, binding.signal),
})

export type Sessions = ReturnType<typeof sessions>

async function expireNow(
  key: { pk: string; sk: string },
  { now, signal }: Pick<Binding, 'signal' | 'now'>,
): Promise<void> {
  const command = new UpdateCommand({
    TableName: tableName(),
    Key: keyOf(key),
    // With the version: a refresh that has read the session before must not write it back to life.
    UpdateExpression: 'SET absoluteExpiresAt = :now ADD version :one',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':now': now, ':one': 1 },
  })
  await faults(table().send(command, { abortSignal: signal })).catch((error: Error) => {
    if (error.name !== 'ConditionalCheckFailedException') throw error
  })
}
