import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { UserId } from '../schema/ids.ts'
import { practiceOf } from './practice.ts'
import { queryAll } from './read.ts'
import { tableName } from './table.ts'

interface Key {
  pk: string
  sk: string
}

/** A transaction holds a hundred items; these leave room for what is written with them. */
const mostRemoved = 80

/** All that a user of the practice signs in with, wherever it lies: nothing of it outlives its user. */
export const credentials = (binding: Pick<Binding, 'practiceId' | 'signal'>) => ({
  async keysOf(userId: UserId): Promise<Key[]> {
    const owner = `${practiceOf(binding)}#${userId}`
    const found = await Promise.all([
      queryAll({ pk: `FACTOR#${owner}` }, binding),
      queryAll({ pk: `DEVICE#${owner}` }, binding),
      queryAll({ index: 'gsi1', pk: `PASSKEY#${owner}` }, binding),
      queryAll({ index: 'gsi1', pk: `IDENTITY#${owner}` }, binding),
    ])
    return found.flat().map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }))
  },

  remove: (keys: readonly Key[]): Write<'conflict'>[] =>
    keys.slice(0, mostRemoved).map(Key => ({
      kind: 'delete',
      request: { TableName: tableName(), Key },
      onConflict: 'conflict',
    })),
})
