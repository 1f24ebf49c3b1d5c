import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type Allowance, allowance, type QuotaName, quotas } from '../domain/quotas.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { Instant } from '../schema/time.ts'
import { faults } from './faults.ts'
import { table, tableName } from './table.ts'

/**
 * Counters of requests in fixed windows, one item a subject and window: no item is shared by two subjects, so none is hot.
 * A counter that cannot be written stops the request: a limiter that fails open is no limiter.
 */
export const limits = ({ now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
  /** Counts one request of the subject. */
  async take(name: QuotaName, subject: string): Promise<Allowance> {
    const { key, start, seconds, window } = counterOf(name, subject, now)
    const { Attributes } = await faults(
      table().send(
        new UpdateCommand({
          TableName: tableName(),
          Key: key,
          UpdateExpression: 'ADD #count :one SET #ttl = :ttl',
          ExpressionAttributeNames: { '#count': 'count', '#ttl': 'ttl' },
          ExpressionAttributeValues: { ':one': 1, ':ttl': start + window + 3_600 },
          ReturnValues: 'UPDATED_NEW',
        }),
        { abortSignal: signal },
      ),
    )
    return allowance(name, Number(Attributes?.count), start + window - seconds)
  },

  /** Takes a counted request back that another limit refused. */
  async undo(name: QuotaName, subject: string): Promise<void> {
    await faults(
      table().send(new UpdateCommand({ TableName: tableName(), ...takingBack(name, subject, now) }), {
        abortSignal: signal,
      }),
    )
  },

  /** Takes a counted request back, in the transaction that proved it to be the subject's own. */
  giveBack: (name: QuotaName, subject: string): Write<'conflict'> => ({
    kind: 'update',
    request: { TableName: tableName(), ...takingBack(name, subject, now) },
    onConflict: 'conflict',
  }),
})

const takingBack = (name: QuotaName, subject: string, now: Instant) => ({
  Key: counterOf(name, subject, now).key,
  UpdateExpression: 'ADD #count :back',
  ExpressionAttributeNames: { '#count': 'count' },
  ExpressionAttributeValues: { ':back': -1 },
})

function counterOf(name: QuotaName, subject: string, now: Instant) {
  const { window } = quotas[name]
  const seconds = Math.floor(Date.parse(now) / 1000)
  const start = seconds - (seconds % window)
  return { key: { pk: `LIMIT#${name}#${subject}`, sk: String(start) }, start, seconds, window }
}

export type Limits = ReturnType<typeof limits>
