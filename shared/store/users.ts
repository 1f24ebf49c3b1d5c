import { createHash } from 'node:crypto'
import type { Binding } from '../kernel/port.ts'
import { type Factor, type Login, User } from '../schema/identity.ts'
import type { PracticeId, UserId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, queryItems } from './read.ts'
import { tableName } from './table.ts'

export const userEntity = entity<User>({
  name: 'User',
  schema: User,
  id: user => user.userId,
  patientId: user => user.patientId,
  keys: user => ({
    ...userKey(user.practiceId, user.userId),
    gsi1pk: loginKey(user.practiceSlug, user.email),
    gsi1sk: 'USER',
  }),
})

export const userKey = (practiceId: PracticeId, userId: UserId) => ({ pk: `USER#${practiceId}#${userId}`, sk: 'USER' })

/** E-mail addresses stand in keys only as hashes: keys can appear in traces and in the cloud's own logs. */
const loginKey = (slug: string, email: string) =>
  `USER#${slug}#${createHash('sha256').update(email).digest('base64url')}`

export const users = (binding: Binding) => ({
  /**
   * Whoever signs in with this e-mail. An index answers, so it may be a moment old: what is written on the strength of it
   * carries `unchanged`.
   */
  async byLogin(slug: string, email: string): Promise<User | undefined> {
    const { items } = await queryItems({ index: 'gsi1', pk: loginKey(slug, email), limit: 1 }, binding)
    return items[0] && userEntity.parse(items[0])
  },
  /** A user of the practice. */
  async find(userId: UserId): Promise<User | undefined> {
    const item = await getItem(userKey(practiceOf(binding), userId), binding)
    return item && userEntity.parse(item)
  },
  unchanged: (user: User) => userEntity.unchanged(user, 'credentials-refused'),
  rehashed: (user: User, passwordHash: string) =>
    userEntity.replace(user, { passwordHash, updatedAt: binding.now }, 'credentials-refused'),
  /** Ends every session and the trust in every browser, with this one write: all of them are of an epoch that is over. */
  endSessions: (user: User) =>
    userEntity.replace(user, { sessionEpoch: user.sessionEpoch + 1, updatedAt: binding.now }),
  /** From now on this second factor is asked for. */
  withFactor: (user: User, factor: Factor) =>
    userEntity.replace(user, { factors: [...new Set([...user.factors, factor])], updatedAt: binding.now }),
})

/** A new user, and the item that keeps its e-mail unique in the practice. */
export const newUser = (user: User) => [
  userEntity.create(user),
  {
    kind: 'put' as const,
    request: {
      TableName: tableName(),
      Item: {
        pk: loginKey(user.practiceSlug, user.email),
        sk: 'LOGIN',
        practiceId: user.practiceId,
        userId: user.userId,
      } satisfies Login & { pk: string; sk: string },
      ConditionExpression: 'attribute_not_exists(pk)',
    },
    onConflict: 'conflict' as const,
  },
]
