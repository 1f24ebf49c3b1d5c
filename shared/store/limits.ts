import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type Allowance, allowance, type Place, placesOf, type QuotaName, type quotas } from '../domain/quotas.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { PracticeId } from '../schema/ids.ts'
import type { Limited } from '../schema/limits.ts'
import { faults } from './faults.ts'
import { everybody, mark } from './limited.ts'
import { quotaOf } from './quotas.ts'
import { table, tableName } from './table.ts'

/** Classes of calendar windows: their requests can be given back by a transaction, since one item holds them. */
type CalendarQuota = { [Name in QuotaName]: (typeof quotas)[Name] extends { slides: true } ? never : Name }[QuotaName]

/**
 * Counters of requests, one item a subject and page of slots: no item is shared by two subjects, so none is hot. One update
 * counts a request and answers all slots of its window: nothing is read first, and of requests at once each is counted.
 * A counter that cannot be written stops the request: a limiter that fails open is no limiter.
 */
export const limits = ({ now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
  /**
   * Counts one request of the subject. A practice's own quota is read beside it, where one may be set, and so is the share of
   * it that an API key may have.
   */
  async take(name: QuotaName, subject: string, practiceId?: PracticeId, share?: Promise<number>): Promise<Allowance> {
    const ms = Date.parse(now)
    const places = placesOf(name, ms)
    const [counts, whole, part = 1] = await Promise.all([
      add(1, name, subject, places, signal),
      quotaOf(name, practiceId, { now, signal }),
      share,
    ])
    const quota = Math.ceil(whole * part)
    const left = allowance(name, quota, slot => Number(counts[slotName(slot)] ?? 0), places[0], ms)
    const kind = share ? 'api-key' : kinds[name]
    if (left.crossed && kind) {
      const { window } = left
      const crossing = { class: name, kind, subject, count: quota + 1, window, at: now }
      await mark({ owner: practiceId ?? everybody, ...crossing }, { signal })
    }
    return left
  },

  /** Takes a counted request back: another limit refused it, or it was not the subject's own. */
  async undo(name: QuotaName, subject: string): Promise<void> {
    await add(-1, name, subject, placesOf(name, Date.parse(now)), signal)
  },

  /** Takes a counted request back, in the transaction that proved it to be the subject's own. */
  giveBack: (name: CalendarQuota, subject: string): Write<'conflict'> => ({
    kind: 'update',
    request: adding(-1, name, subject, placesOf(name, Date.parse(now))[0]),
    onConflict: 'conflict',
  }),
})

/** What the subjects of a class are; those of the rest leave no mark. */
const kinds: Partial<Record<QuotaName, Limited['kind']>> = {
  credential: 'address',
  anonymous: 'address',
  read: 'user',
  write: 'user',
  bulk: 'user',
  'api-key': 'api-key',
}

/** Counts in a page, and at its end also in the next one, at once. Answers the numbers of the page. */
async function add(
  amount: 1 | -1,
  name: QuotaName,
  subject: string,
  places: [Place, ...Place[]],
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const [counted] = await Promise.all(
    places.map(place =>
      faults(
        table().send(new UpdateCommand({ ...adding(amount, name, subject, place), ReturnValues: 'ALL_NEW' }), {
          abortSignal: signal,
        }),
      ),
    ),
  )
  return counted?.Attributes ?? {}
}

const adding = (amount: 1 | -1, name: QuotaName, subject: string, { page, slot, ends }: Place) => ({
  TableName: tableName(),
  Key: limitKey(name, subject, page),
  UpdateExpression: 'ADD #slot :amount SET #ttl = :ttl',
  ExpressionAttributeNames: { '#slot': slotName(slot), '#ttl': 'ttl' },
  ExpressionAttributeValues: { ':amount': amount, ':ttl': ends + 3_600 },
})

export const limitKey = (name: QuotaName, subject: string, page: number) => ({
  pk: `LIMIT#${name}#${subject}`,
  sk: String(page),
})

const slotName = (slot: number): string => `n${slot}`

export type Limits = ReturnType<typeof limits>
