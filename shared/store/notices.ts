import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { User } from '../schema/identity.ts'
import { Notice, type NoticeKind } from '../schema/notices.ts'
import type { Instant } from '../schema/time.ts'
import { entity, keyOf } from './entity.ts'
import { faults } from './faults.ts'
import { queryItems } from './read.ts'
import { table, tableName } from './table.ts'

/** Undelivered notices wait for another try in so many partitions of the index. */
export const noticeShards = 4

/** How long one delivery has a notice to itself: longer than its function may run. */
const leaseMs = 90_000

const noticeEntity = entity<Notice>({
  name: 'Communication',
  schema: Notice,
  id: ({ noticeId }) => noticeId,
  keys: ({ practiceId, noticeId, createdAt, sentAt, abandonedAt }) => ({
    pk: `NOTICE#${practiceId}#${noticeId}`,
    sk: 'NOTICE',
    ...(!sentAt &&
      !abandonedAt && {
        gsi2pk: `NOTICE#DUE#${noticeId.charCodeAt(noticeId.length - 1) % noticeShards}`,
        gsi2sk: createdAt,
      }),
  }),
  ttl: ({ createdAt }) => Math.ceil(Date.parse(createdAt) / 1000) + 30 * 86_400,
  audited: false,
})

/** Messages to users. `tell` belongs into the transaction of what it tells of; a worker delivers what was committed. */
export const notices = ({ now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
  /** A security notice to a user's own e-mail address. */
  tell: (
    noticeId: Notice['noticeId'],
    user: User,
    kind: NoticeKind,
    ticketId?: Notice['ticketId'],
  ): Write<'conflict'> => {
    const { practiceId, userId, email } = user
    return noticeEntity.create({
      noticeId,
      practiceId,
      userId,
      kind,
      to: { email },
      ticketId,
      createdAt: now,
      version: 1,
    })
  },

  /** Calls somebody to what waits for them: the mail names nothing but its id. */
  call: (
    noticeId: Notice['noticeId'],
    { practiceId, userId, email }: User,
    kind: NoticeKind,
    reference: Notice['reference'],
  ): Write<'conflict'> =>
    noticeEntity.create({ noticeId, practiceId, userId, kind, to: { email }, reference, createdAt: now, version: 1 }),

  /** A message to an address that is nobody's yet, or to a telephone. */
  send: (notice: Omit<Notice, 'createdAt' | 'version'>): Write<'conflict'> =>
    noticeEntity.create({ ...notice, createdAt: now, version: 1 }),

  /** Takes a notice for this delivery alone. Nothing when it is done, or another delivery has it. */
  async take(notice: Notice): Promise<Notice | undefined> {
    try {
      const { Attributes = {} } = await faults(
        table().send(
          new UpdateCommand({
            TableName: tableName(),
            Key: keyOf(noticeEntity.keys(notice)),
            UpdateExpression: 'SET leaseUntil = :until ADD attempts :one, version :one',
            ConditionExpression:
              'attribute_exists(pk) AND attribute_not_exists(sentAt) AND attribute_not_exists(abandonedAt) AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now)',
            ExpressionAttributeValues: {
              ':until': new Date(Date.parse(now) + leaseMs).toJSON(),
              ':now': now,
              ':one': 1,
            },
            ReturnValues: 'ALL_NEW',
          }),
          { abortSignal: signal },
        ),
      )
      return noticeEntity.parse(Attributes)
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined
      throw error
    }
  },

  delivered: (notice: Notice) => noticeEntity.replace(notice, { sentAt: now }),
  abandoned: (notice: Notice) => noticeEntity.replace(notice, { abandonedAt: now }),

  /** Notices of all practices that were due before a moment: a page of one shard, oldest first. */
  async due(shard: number, since: Instant, cursor?: string) {
    const run = { index: 'gsi2' as const, pk: `NOTICE#DUE#${shard}`, to: since, limit: 50, cursor }
    const { items, ...page } = await queryItems(run, { signal })
    return { ...page, items: items.map(noticeEntity.parse) }
  },
})

export type Notices = ReturnType<typeof notices>
