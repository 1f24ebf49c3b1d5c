import { createHash } from 'node:crypto'
import type { Binding } from '../kernel/port.ts'
import { type Factor, type Login, User } from '../schema/identity.ts'
import type { PracticeId, UserId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import { entity } from './entity.ts'
import { queryItems } from './read.ts'
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
  unchanged: (user: User) => userEntity.unchanged(user, 'credentials-refused'),
  rehashed: (user: User, passwordHash: string) =>
    userEntity.replace(user, { passwordHash, updatedAt: binding.now }, 'credentials-refused'),
  /** From now on this second factor is asked for. */
  withFactor: (user: User, factor: Factor) => renewed(user, [...new Set([...user.factors, factor])], binding.now),

  /** From now on these are asked for no more. */
  withoutFactors: (user: User, gone: readonly Factor[]) =>
    renewed(
      user,
      user.factors.filter(factor => !gone.includes(factor)),
      binding.now,
    ),

  /** Their factors are what they were, and what stands in for them is new. */
  withNewCodes: (user: User) => renewed(user, user.factors, binding.now),
})

/** A change of factors is a new epoch: every session of before ends, and the user is given for the one that goes on. */
function renewed(user: User, factors: Factor[], updatedAt: Instant) {
  const sessionEpoch = user.sessionEpoch + 1
  return {
    user: { ...user, factors, sessionEpoch },
    write: userEntity.replace(user, { factors, sessionEpoch, updatedAt }),
  }
}

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
