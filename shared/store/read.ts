import { BatchGetCommand, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding, IndexName, LocalIndexName } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import { faults } from './faults.ts'
import { foresee, opened } from './sealing.ts'
import { table, tableName } from './table.ts'

type Item = Record<string, unknown>
type Key = { pk: string; sk: string }

/** One item by its key, as it is now: consistent, since what follows often depends on it. */
export async function getItem(key: Key, { signal }: Pick<Binding, 'signal'>): Promise<Item | undefined> {
  foresee(key.pk)
  const { Item } = await faults(
    table().send(new GetCommand({ TableName: tableName(), Key: key, ConsistentRead: true }), { abortSignal: signal }),
  )
  const [item] = await opened([Item])
  return item
}

/** Several items by their keys in one round trip, in the order of the keys. */
export async function getItems(
  keys: readonly Key[],
  { signal }: Pick<Binding, 'signal'>,
): Promise<(Item | undefined)[]> {
  const request = { [tableName()]: { Keys: [...keys], ConsistentRead: true } }
  const { Responses, UnprocessedKeys } = await faults(
    table().send(new BatchGetCommand({ RequestItems: request }), { abortSignal: signal }),
  )
  const left = UnprocessedKeys?.[tableName()]?.Keys ?? []
  const found = [...(Responses?.[tableName()] ?? [])]
  for (const key of left) {
    const item = await getItem(key as Key, { signal })
    if (item) found.push(item)
  }
  return opened(keys.map(key => found.find(item => item.pk === key.pk && item.sk === key.sk)))
}

/** A contiguous run of items. It never filters: what it reads is what it returns, but what nobody can open any more. */
export interface Run {
  index?: IndexName
  pk: string
  /** Sort keys from and to, both included; or a prefix. */
  from?: string
  to?: string
  prefix?: string
  newestFirst?: boolean
  /** Those whose key was destroyed too, sealed as they are: for whoever removes them. */
  evenClosed?: boolean
  /** The key of each item and nothing else of it. */
  keysAlone?: boolean
  limit: number
  cursor?: string | undefined
}

export interface Page<T> {
  items: T[]
  next?: string
}

/**
 * One page of a run. The cursor holds only sort positions and the tail of the item's own key: its partition, and with it
 * practice and entity, are named by the server, so a forged cursor moves inside the caller's own list and nowhere else.
 */
export async function queryItems(run: Run, { signal }: Pick<Binding, 'signal'>): Promise<Page<Item>> {
  const { index, pk, from, to, prefix, newestFirst, evenClosed, keysAlone, limit, cursor } = run
  // The table refuses what ends before it begins; to whoever asks it is merely empty.
  if (from && to && from > to) return { items: [] }
  const local = isLocal(index)
  const [hash, sort] = index ? [local ? 'pk' : `${index}pk`, `${index}sk`] : ['pk', 'sk']
  const condition = prefix
    ? ' AND begins_with(#sort, :prefix)'
    : from && to
      ? ' AND #sort BETWEEN :from AND :to'
      : from
        ? ' AND #sort >= :from'
        : to
          ? ' AND #sort <= :to'
          : ''
  foresee(pk)
  const { Items = [], LastEvaluatedKey } = await within(
    cursor,
    table().send(
      new QueryCommand({
        TableName: tableName(),
        IndexName: index,
        KeyConditionExpression: `#hash = :hash${condition}`,
        ExpressionAttributeNames: { '#hash': hash, ...(condition && { '#sort': sort }) },
        ExpressionAttributeValues: {
          ':hash': pk,
          ...(prefix !== undefined && { ':prefix': prefix }),
          ...(!prefix && from && { ':from': from }),
          ...(!prefix && to && { ':to': to }),
        },
        ScanIndexForward: !newestFirst,
        ConsistentRead: !index || local,
        // A local index holds keys alone: the rest of an item is in the partition beside it.
        ...(local && { Select: 'ALL_ATTRIBUTES' }),
        ...(keysAlone && { ProjectionExpression: 'pk, sk' }),
        Limit: limit,
        ExclusiveStartKey: cursor ? openCursor(cursor, run) : undefined,
      }),
      { abortSignal: signal },
    ),
  )
  const found = await opened(Items)
  const items = found.flatMap((item, at) => item ?? (evenClosed ? (Items[at] as Item) : []))
  return LastEvaluatedKey ? { items, next: positionOf(LastEvaluatedKey, run) } : { items }
}

const isLocal = (index: IndexName | undefined): index is LocalIndexName => index === 'lsi1' || index === 'lsi2'

/** Every item of a run that is known to be short. */
export async function queryAll(run: Omit<Run, 'limit' | 'cursor'>, binding: Pick<Binding, 'signal'>): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await queryItems({ ...run, limit: 1_000, cursor }, binding)
    items.push(...page.items)
    cursor = page.next
  } while (cursor)
  return items
}

/** A position that lies outside the run is the client's fault, and the table tells it by a ValidationException. */
async function within<T>(cursor: string | undefined, call: Promise<T>): Promise<T> {
  try {
    return await faults(call)
  } catch (error) {
    throw cursor && error instanceof Error && error.name === 'ValidationException' ? badCursor() : error
  }
}

export const badCursor = () =>
  new Problem('validation-failed', {
    errors: [{ path: 'query.cursor', message: 'must be a cursor from an earlier answer to the same list' }],
  })

/**
 * The part of a primary key that names entity and practice, which a cursor leaves out. A run over all practices, such as that
 * of the expired, shares with its items only the entity.
 */
function family(pk: string): string {
  const [entity = '', practiceId = ''] = pk.split('#')
  return practiceId.startsWith('prc_') ? `${entity}#${practiceId}` : entity
}

/** The cursor that goes on after an item. */
export function positionOf(last: Item, { index, pk }: Run): string {
  const tail = index ? String(last.pk).slice(family(pk).length) : ''
  const position = [last.sk, tail, index ? last[`${index}sk`] : '']
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

function openCursor(cursor: string, { index, pk }: Run): Item {
  const position = readPosition(cursor)
  if (!position) throw badCursor()
  const [sk, tail, sort] = position
  return index ? { pk: family(pk) + tail, sk, [`${index}pk`]: pk, [`${index}sk`]: sort } : { pk, sk }
}

function readPosition(cursor: string): [string, string, string] | undefined {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const well =
      Array.isArray(position) &&
      position.length === 3 &&
      position.every(part => typeof part === 'string' && /^[\w.:#-]{0,200}$/.test(part))
    return well && position[0] ? (position as [string, string, string]) : undefined
  } catch {
    return undefined
  }
}
