import { isSealed } from '../../shared/kernel/port.ts'
import { ask, hashOf, type Item, itemsAt, keyOf, nameOf, textOf } from './table.ts'

/** A part of a comparison: one segment of one table, looked up in the other. */
export interface Part {
  /** The restored table, and that which it is of. */
  copy: string
  live: string
  /** Whether the items of the copy are looked up in the live table, or those of the live table in the copy. */
  of: 'copy' | 'live'
  segment: number
  segments: number
}

/** What a comparison found. Only `wrong` and `lost` are faults. */
export interface Tally {
  /** Items of the copy that were looked at, and of the live tables. */
  copied: number
  live: number
  /** In both, and equal, or looked up and there. */
  same: number
  /** In both, and changed since the moment of the copy. */
  changed: number
  /** In one alone: removed since, or made since. */
  gone: number
  /** In both, and not equal, where nothing that changed it could leave it so. */
  wrong: number
  /** In the live table since before that moment, and not in the copy. */
  lost: number
}

interface Asked {
  part: Part
  restored: { copy: string; moment: string }[]
}

/** Milliseconds for which one call goes on: the next goes on where this one ended. */
const most = 10 * 60_000

/** Clocks, and a write that was on its way: what is this much older than the copy must be in it. */
const doubtMs = 60_000

/**
 * Compares a segment for as long as it may, and says whether it came to the end. Where it is, is kept in the copy and not in what it
 * answers: keys name patients, and a state machine's history keeps what passes through it.
 */
export async function handler(
  { part, restored }: Asked,
  _?: unknown,
  mostMs = most,
): Promise<{ done: boolean; tally: Tally }> {
  const { copy, live, of, segment, segments } = part
  const moment = Date.parse(restored.find(table => table.copy === copy)?.moment ?? '')
  if (Number.isNaN(moment)) throw new Error(`nobody has said of what moment ${copy} is`)
  const [scanned, other] = of === 'copy' ? [copy, live] : [live, copy]
  const until = Date.now() + mostMs
  const bookmark = bookmarkOf(part)
  const before = await bookmark.read()
  if (before?.done) return { done: true, tally: before.tally }
  const tally = before?.tally ?? { copied: 0, live: 0, same: 0, changed: 0, gone: 0, wrong: 0, lost: 0 }
  let from = before?.from
  do {
    const { Items, LastEvaluatedKey } = await ask<{ Items: Item[]; LastEvaluatedKey?: Item }>('Scan', {
      TableName: scanned,
      Segment: segment,
      TotalSegments: segments,
      Limit: 500,
      ConsistentRead: true,
      ...(from && { ExclusiveStartKey: from }),
    })
    const items = Items.filter(({ pk }) => !textOf(pk).startsWith('DRILL#'))
    const others = await itemsAt(other, items.map(keyOf))
    for (const item of items) {
      tally[of === 'copy' ? 'copied' : 'live']++
      tally[of === 'copy' ? judged(item, others.get(nameOf(item))) : missed(item, others.get(nameOf(item)), moment)]++
    }
    from = LastEvaluatedKey
    await bookmark.write({ tally, from, done: from === undefined })
  } while (from && Date.now() < until)
  return { done: from === undefined, tally }
}

/** An item of the copy beside the live one. */
function judged(copied: Item, live: Item | undefined): 'same' | 'changed' | 'gone' | 'wrong' {
  if (!live) return 'gone'
  if (hashOf(copied) === hashOf(live)) return 'same'
  const pk = textOf(copied.pk)
  // A record of the trail and a key are written once.
  if (/^(AUDIT|KEY)#/.test(pk)) return 'wrong'
  const [then, now] = [Number(textOf(copied.version)), Number(textOf(live.version))]
  // A version never goes back, and of a sealed record each version is written once.
  return now < then || (now === then && isSealed(pk)) ? 'wrong' : 'changed'
}

/** A live item beside that of the copy: what was there at that moment must be. */
function missed(live: Item, copied: Item | undefined, moment: number): 'same' | 'gone' | 'lost' {
  if (copied) return 'same'
  const made = Date.parse(textOf(live.recordedAt ?? live.createdAt))
  return made < moment - doubtMs ? 'lost' : 'gone'
}

interface Bookmark {
  tally: Tally
  from?: Item | undefined
  done: boolean
}

function bookmarkOf({ copy, of, segment }: Part) {
  const Key = { pk: { S: `DRILL#${of}` }, sk: { S: String(segment) } }
  return {
    async read(): Promise<Bookmark | undefined> {
      const { Item } = await ask<{ Item?: Item }>('GetItem', { TableName: copy, Key, ConsistentRead: true })
      return Item && (JSON.parse(textOf(Item.bookmark)) as Bookmark)
    },
    write: (bookmark: Bookmark) =>
      ask('PutItem', { TableName: copy, Item: { ...Key, bookmark: { S: JSON.stringify(bookmark) } } }),
  }
}
