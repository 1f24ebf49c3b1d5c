import { validFor } from '../domain/accounts.ts'
import { accountOf } from '../domain/gate.ts'
import { isWorkforce, type Role } from '../kernel/permissions.ts'
import type { Binding } from '../kernel/port.ts'
import type { ProblemCode } from '../kernel/problem.ts'
import type { Write } from '../kernel/write.ts'
import type { Lease } from '../schema/breakGlass.ts'
import { type Factor, type Login, User } from '../schema/identity.ts'
import type { PatientId, PracticeId, UserId } from '../schema/ids.ts'
import type { Ticket } from '../schema/tickets.ts'
import type { Instant } from '../schema/time.ts'
import { entity, exists } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, queryAll, queryItems } from './read.ts'
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
    gsi2pk: `USER#${user.practiceId}`,
    gsi2sk: user.userId,
    // Those of a role are few and must be found at once: whom to tell of an emergency.
    ...(isWorkforce(user.role) && { gsi3pk: roleKey(user.practiceId, user.role), gsi3sk: user.userId }),
    // A patient's accounts, in the same order of those who are looked for without a name.
    ...(user.patientId && { gsi3pk: patientAccounts(user.practiceId, user.patientId), gsi3sk: user.userId }),
  }),
})

const patientAccounts = (practiceId: PracticeId, patientId: PatientId) => `USER#${practiceId}#PATIENT#${patientId}`

const roleKey = (practiceId: PracticeId, role: Role) => `USER#${practiceId}#ROLE#${role}`

export const userKey = (practiceId: PracticeId, userId: UserId) => ({ pk: `USER#${practiceId}#${userId}`, sk: 'USER' })

/** E-mail addresses stand in keys only as hashes: keys can appear in traces and in the cloud's own logs. */
const loginKey = (slug: string, email: string) => `USER#${accountOf(slug, email)}`

export const users = (binding: Binding) => {
  const { now } = binding
  return {
    /**
     * Whoever signs in with this e-mail. An index answers, so it may be a moment old: what is written on the strength of it
     * carries `unchanged`.
     */
    async byLogin(slug: string, email: string): Promise<User | undefined> {
      const { items } = await queryItems({ index: 'gsi1', pk: loginKey(slug, email), limit: 1 }, binding)
      return items[0] && userEntity.parse(items[0])
    },

    /** The user of an account that the gate knows by its hash. */
    async ofAccount(account: string): Promise<User | undefined> {
      const { items } = await queryItems({ index: 'gsi1', pk: `USER#${account}`, limit: 1 }, binding)
      return items[0] && userEntity.parse(items[0])
    },

    async find(userId: UserId): Promise<User | undefined> {
      const item = await getItem(userKey(practiceOf(binding), userId), binding)
      return item && userEntity.parse(item)
    },

    /** Whose ticket it is. The ticket vouches for the practice of whoever is not signed in. */
    async holder({ practiceId, userId }: Ticket): Promise<User | undefined> {
      const item = userId && (await getItem(userKey(practiceId, userId), binding))
      return item && userEntity.parse(item)
    },

    /** A practice's users, newest first. */
    async list(limit: number, cursor?: string) {
      const run = { index: 'gsi2' as const, pk: `USER#${practiceOf(binding)}`, newestFirst: true, limit, cursor }
      const page = await queryItems(run, binding)
      return { ...page, items: page.items.map(userEntity.parse) }
    },

    /** The workforce of a role. */
    async inRole(role: Role): Promise<User[]> {
      const run = { index: 'gsi3' as const, pk: roleKey(practiceOf(binding), role) }
      return (await queryAll(run, binding)).map(userEntity.parse)
    },

    /** The accounts of a patient: who is told of what happens with their record. */
    async ofPatient(patientId: PatientId): Promise<User[]> {
      const run = { index: 'gsi3' as const, pk: patientAccounts(practiceOf(binding), patientId) }
      return (await queryAll(run, binding)).map(userEntity.parse)
    },

    unchanged: (user: User) => userEntity.unchanged(user, 'credentials-refused'),
    rehashed: (user: User, passwordHash: string) =>
      userEntity.replace(user, { passwordHash, updatedAt: now }, 'credentials-refused'),
    /** Ends every session and the trust in every browser, with this one write: all of them are of an epoch that is over. */
    endSessions: (user: User) => userEntity.replace(user, { sessionEpoch: user.sessionEpoch + 1, updatedAt: now }),

    /** From now on this second factor is asked for. */
    withFactor: (user: User, factor: Factor) => renewed(user, [...new Set([...user.factors, factor])], now),

    /** From now on these are asked for no more. */
    withoutFactors: (user: User, gone: readonly Factor[]) =>
      renewed(
        user,
        user.factors.filter(factor => !gone.includes(factor)),
        now,
      ),

    /** Their factors are what they were, and what stands in for them is new. */
    withNewCodes: (user: User) => renewed(user, user.factors, now),

    /** One passkey more or less, and without what stood beside the last one. It is a new epoch: every session of before ends, and the user is given for the one that goes on. */
    withPasskeys(user: User, change: 1 | -1, gone: readonly Factor[] = []) {
      const passkeys = Math.max(0, (user.passkeys ?? 0) + change)
      const others = user.factors.filter(factor => factor !== 'passkey' && !gone.includes(factor))
      const factors: Factor[] = passkeys > 0 ? [...others, 'passkey'] : others
      const sessionEpoch = user.sessionEpoch + 1
      return {
        user: { ...user, sessionEpoch },
        write: userEntity.replace(user, { factors, passkeys, sessionEpoch, updatedAt: now }),
      }
    },

    /** What is open to the user in an emergency. Of two who change it at once the second is told to look again. */
    withLeases: (user: User, leases: Lease[]) => userEntity.replace(user, { leases, updatedAt: now }),

    amend: (user: User, change: Partial<User>) => userEntity.replace(user, { ...change, updatedAt: now }),

    /** A new user, by an invitation: refused like one that is over when the address has a user by now, or the patient is no more. */
    register: (user: User): Write<'conflict' | 'link-refused'>[] => [
      userEntity.create(user),
      takeLogin(user, 'link-refused', now),
      ...(user.patientId
        ? [exists({ pk: `PATIENT#${user.practiceId}#${user.patientId}`, sk: 'PATIENT' }, 'link-refused')]
        : []),
    ],

    /** Makes the user's e-mail theirs: nobody has it, nobody may want it back, or it was theirs before. */
    takeLogin: (user: User) => takeLogin(user, 'link-refused', now),

    /** Leaves the user's e-mail, which nobody else gets until the change can be undone no more. */
    leaveLogin: (user: User): Write<'conflict'> => {
      const freeFrom = new Date(Date.parse(now) + validFor.undo).toJSON()
      return {
        kind: 'put',
        request: {
          TableName: tableName(),
          Item: { ...loginOf(user), freeFrom, ttl: Math.ceil(Date.parse(freeFrom) / 1000) },
          ...isOf(user),
        },
        onConflict: 'conflict',
      }
    },

    /** Frees the user's e-mail at once. */
    freeLogin: (user: User): Write<'conflict'> => {
      const { pk, sk } = loginOf(user)
      return {
        kind: 'delete',
        request: { TableName: tableName(), Key: { pk, sk }, ...isOf(user) },
        onConflict: 'conflict',
      }
    },

    remove: (user: User) => userEntity.remove(user),

    /** Demands that whoever manages others still may, so that of two who take the right from each other one keeps it. */
    stillManages: ({ practiceId, userId, role, sessionEpoch }: User): Write<'conflict'> => ({
      kind: 'check',
      request: {
        TableName: tableName(),
        Key: userKey(practiceId, userId),
        ConditionExpression: '#role = :role AND #status = :active AND sessionEpoch = :epoch',
        ExpressionAttributeNames: { '#role': 'role', '#status': 'status' },
        ExpressionAttributeValues: { ':role': role, ':active': 'active', ':epoch': sessionEpoch },
      },
      onConflict: 'conflict',
    }),
  }
}

/** A change of factors is a new epoch: every session of before ends, and the user is given for the one that goes on. */
function renewed(user: User, factors: Factor[], updatedAt: Instant) {
  const sessionEpoch = user.sessionEpoch + 1
  return {
    user: { ...user, factors, sessionEpoch },
    write: userEntity.replace(user, { factors, sessionEpoch, updatedAt }),
  }
}

/** A new user, and the item that keeps its e-mail unique in the practice: for whoever plants a practice. */
export const newUser = (user: User) => [userEntity.create(user), takeLogin(user, 'conflict', user.createdAt)]

const loginOf = ({ practiceId, practiceSlug, userId, email }: User) =>
  ({ pk: loginKey(practiceSlug, email), sk: 'LOGIN', practiceId, userId }) satisfies Login & { pk: string; sk: string }

const isOf = ({ userId }: User) => ({
  ConditionExpression: 'userId = :user',
  ExpressionAttributeValues: { ':user': userId },
})

const takeLogin = <C extends ProblemCode>(user: User, onConflict: C, now: Instant): Write<C> => ({
  kind: 'put',
  request: {
    TableName: tableName(),
    Item: loginOf(user),
    ConditionExpression: 'attribute_not_exists(pk) OR freeFrom <= :now OR userId = :user',
    ExpressionAttributeValues: { ':now': now, ':user': user.userId },
  },
  onConflict,
})
