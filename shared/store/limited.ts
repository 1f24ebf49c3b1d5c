import { createHash } from 'node:crypto'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import { Limited } from '../schema/limits.ts'
import { faults } from './faults.ts'
import { queryItems } from './read.ts'
import { table, tableName } from './table.ts'

/** A day's marks of one owner, and the accounts whose users wait to be told, are spread over so many partitions. */
export const markShards = 4

/** A month of attacks can be looked back on. */
const keptSeconds = 30 * 86_400

/** Whose marks those of addresses are: no practice is known where they are limited. No slug and no id is this. */
export const everybody = '-'

/** That a subject crossed a limit. */
export interface Crossing extends Pick<Limited, 'class' | 'kind' | 'count' | 'window' | 'at'> {
  /** A practice's id; its slug, where a slug is all that is known; or `everybody`. */
  owner: string
  /** Counted under this; what is kept is the beginning of its hash. */
  subject: string
  /** Of an account, whose user must be told. */
  account?: string
}

/**
 * Who was limited, and by which rule. A mark is written when a limit is crossed and not by the requests after it, once for a
 * subject, class and window: an attack leaves a handful of items, and a report reads no counter.
 */
export const limited = ({ signal }: Pick<Binding, 'signal'>) => ({
  everybody,

  /** The newest marks of a day. */
  async ofDay(owner: string, day: string, limit: number): Promise<Limited[]> {
    const pages = await Promise.all(
      Array.from({ length: markShards }, (_, shard) =>
        queryItems({ pk: `LIMITED#${owner}#${day}#${shard}`, newestFirst: true, limit }, { signal }),
      ),
    )
    const marks = pages.flatMap(({ items }) => items.map(item => Limited.parse(item)))
    return marks.sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, limit)
  },

  /** A page of the accounts of one shard whose users have not been told. */
  untold: (shard: number, cursor?: string) =>
    queryItems({ index: 'gsi2', pk: `LIMITED#UNTOLD#${shard}`, limit: 25, cursor }, { signal }),

  /** From now on the user counts as told. Fails when another run was first. */
  told: ({ pk, sk }: Record<string, unknown>): Write<'conflict'> => ({
    kind: 'update',
    request: {
      TableName: tableName(),
      Key: { pk, sk },
      UpdateExpression: 'REMOVE gsi2pk, gsi2sk',
      ConditionExpression: 'attribute_exists(gsi2pk)',
    },
    onConflict: 'conflict',
  }),
})

/** Leaves a mark of a crossing, unless this window has one of it. */
export async function mark(crossing: Crossing, { signal }: Pick<Binding, 'signal'>): Promise<void> {
  const Item = markOf(crossing)
  const command = new PutCommand({ TableName: tableName(), Item, ConditionExpression: 'attribute_not_exists(pk)' })
  await faults(table().send(command, { abortSignal: signal })).catch((error: Error) => {
    if (error.name !== 'ConditionalCheckFailedException') throw error
  })
}

/** The item of a mark: by owner and day, and an account also among those to be told of. */
export function markOf({ owner, subject: whole, account, ...rest }: Crossing) {
  const { at, window } = rest
  const subject = createHash('sha256').update(whole).digest('base64url').slice(0, 10)
  const shard = subject.charCodeAt(0) % markShards
  const ms = window * 1000
  const since = new Date(Math.floor(Date.parse(at) / ms) * ms).toJSON()
  return {
    pk: `LIMITED#${owner}#${at.slice(0, 10)}#${shard}`,
    sk: `${since}#${rest.class}#${subject}`,
    ...(account && { gsi2pk: `LIMITED#UNTOLD#${shard}`, gsi2sk: at, account }),
    ttl: Math.ceil(Date.parse(at) / 1000) + keptSeconds,
    ...Limited.parse({ ...rest, subject }),
  }
}
