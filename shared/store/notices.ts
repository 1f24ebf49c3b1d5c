import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { User } from '../schema/identity.ts'
import { Notice, type NoticeKind } from '../schema/notices.ts'
import { entity } from './entity.ts'

/** Undelivered notices wait for another try in so many partitions of the index. */
export const noticeShards = 4

export const noticeEntity = entity<Notice>({
  name: 'Communication',
  schema: Notice,
  id: ({ noticeId }) => noticeId,
  keys: ({ practiceId, noticeId, createdAt, sentAt }) => ({
    pk: `NOTICE#${practiceId}#${noticeId}`,
    sk: 'NOTICE',
    ...(!sentAt && {
      gsi2pk: `NOTICE#DUE#${noticeId.charCodeAt(noticeId.length - 1) % noticeShards}`,
      gsi2sk: createdAt,
    }),
  }),
  ttl: ({ createdAt }) => Math.ceil(Date.parse(createdAt) / 1000) + 30 * 86_400,
  audited: false,
})

/** Messages to users. `tell` belongs into the transaction of what it tells of; a worker delivers what was committed. */
export const notices = ({ now }: Pick<Binding, 'now'>) => ({
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

  /** A message to an address that is nobody's yet, or to a telephone. */
  send: (notice: Omit<Notice, 'createdAt' | 'sentAt' | 'version'>): Write<'conflict'> =>
    noticeEntity.create({ ...notice, createdAt: now, version: 1 }),
})
