import type { Binding } from '../kernel/port.ts'
import type { ProblemCode } from '../kernel/problem.ts'
import { Identity } from '../schema/federation.ts'
import type { User } from '../schema/identity.ts'
import type { PracticeId, UserId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { getItem, queryAll } from './read.ts'
import { userEntity, userKey } from './users.ts'

const identityEntity = entity<Identity>({
  name: 'Identity',
  schema: Identity,
  id: ({ identityId }) => identityId,
  keys: ({ practiceSlug, subjectHash, practiceId, userId, identityId }) => ({
    ...identityKey(practiceSlug, subjectHash),
    gsi1pk: `IDENTITY#${practiceId}#${userId}`,
    gsi1sk: identityId,
  }),
})

const identityKey = (slug: string, subjectHash: string) => ({ pk: `IDENTITY#${slug}#${subjectHash}`, sk: 'IDENTITY' })

/** Accounts at other providers that lead to users. The key of an identity is the identity, so it leads to one user at most. */
export const identities = ({ now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
  async find(slug: string, subjectHash: string): Promise<Identity | undefined> {
    const item = await getItem(identityKey(slug, subjectHash), { signal })
    return item && identityEntity.parse(item)
  },

  async owner({ practiceId, userId }: { practiceId: PracticeId; userId: UserId }): Promise<User | undefined> {
    const item = await getItem(userKey(practiceId, userId), { signal })
    return item && userEntity.parse(item)
  },

  async ofUser({ practiceId, userId }: { practiceId: PracticeId; userId: UserId }): Promise<Identity[]> {
    const items = await queryAll({ index: 'gsi1', pk: `IDENTITY#${practiceId}#${userId}` }, { signal })
    return items.map(item => identityEntity.parse(item))
  },

  link: (identity: Identity) => identityEntity.create(identity, 'identity-taken'),
  unlink: (identity: Identity) => identityEntity.remove(identity, 'identity-not-found'),
  /** The identity still leads to its user. */
  unchanged: <C extends ProblemCode>(identity: Identity, onConflict: C) =>
    identityEntity.unchanged(identity, onConflict),
  /** Ends all of a user's sessions, and demands that the user is still as it was read; answers the user as it is then. */
  endSessions: (user: User) => {
    const after = { ...user, sessionEpoch: user.sessionEpoch + 1 }
    const write = userEntity.replace(user, { sessionEpoch: after.sessionEpoch, updatedAt: now })
    return { user: after, write }
  },
  /** The user is still as it was read: neither disabled nor of another role, nor without what lets it in. */
  ownerUnchanged: <C extends ProblemCode>(user: User, onConflict: C) => userEntity.unchanged(user, onConflict),
})

export type Identities = ReturnType<typeof identities>
