import { setTimeout as pause } from 'node:timers/promises'
import { TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { captchaFrom, delayFrom, delayMs, longestFrom, passes } from '../domain/gate.ts'
import { Problem } from '../kernel/problem.ts'
import type { Write } from '../kernel/write.ts'
import type { Instant } from '../schema/time.ts'
import { faults } from './faults.ts'
import { cancellationReasons } from './journal.ts'
import { table, tableName } from './table.ts'

/** One attempt at an account. Unless it is refused it is counted as failed already; `succeeded` takes that back. */
export interface Attempt {
  readonly account: string
  /** Whose failures it is counted among: a day's of all strangers, or those of one trusted device. */
  readonly bucket: string
  /** Whether it showed a right CAPTCHA. */
  readonly solved: boolean
  readonly refused?: 'captcha-required' | 'account-delayed' | undefined
  /** Seconds after which one is let in, if nobody makes another until then. */
  readonly retryAfter?: number | undefined
}

export const gateKey = (account: string, bucket: string) => ({ pk: `GATE#${account}`, sk: bucket })
export const deviceBucket = (device: string): string => `DEVICE#${device}`
export const isDevice = (bucket: string): boolean => bucket.startsWith('DEVICE#')

/** Counts an attempt in a bucket, if it may be made. Nothing when the bucket is that of no device of the account. */
export async function enter(
  account: string,
  bucket: string,
  solution: string | undefined,
  now: Instant,
  signal: AbortSignal,
): Promise<Attempt | undefined> {
  const ms = Date.parse(now)
  const solved = solution !== undefined
  const counting = countingOf(account, bucket, solved, ms)
  try {
    await persistently(() =>
      solved
        ? table().send(
            new TransactWriteCommand({ TransactItems: [{ Update: counting }, { Put: spending(solution, ms) }] }),
            { abortSignal: signal },
          )
        : table().send(new UpdateCommand(counting), { abortSignal: signal }),
    )
    return { account, bucket, solved }
  } catch (error) {
    const [counted, spent] = cancellationReasons(error) ?? [error as Reason]
    if (hasFailed(counted)) {
      const { failures, lastAt, trustedUntil } = counted.Item ?? {}
      if (!failures || (trustedUntil?.S && trustedUntil.S <= now)) return undefined
      return { account, bucket, solved, ...refusal(Number(failures.N), Number(lastAt?.N ?? 0), ms) }
    }
    // A solution that was used before is none.
    if (hasFailed(spent)) return enter(account, bucket, undefined, now, signal)
    throw error
  }
}

/** Tries again when a write merely met a transaction on the same item, as attempts at one account do. */
export async function persistently(send: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await faults(send())
      return
    } catch (error) {
      const met = cancellationReasons(error)?.some(({ Code }) => Code === 'TransactionConflict')
      const metAlone = (error as { cause?: Error }).cause?.name === 'TransactionConflictException'
      if (!met && !metAlone) throw error
      if (attempt === tries) throw new Problem('unavailable', { retryAfter: 1, cause: error })
      await pause(attempt * 15 + Math.random() * 30)
    }
  }
}

const tries = 6

/** How DynamoDB tells of a condition that failed, with the item as it was: by itself, or as a reason of a transaction's end. */
interface Reason {
  name?: string
  Code?: string
  Item?: Record<string, { N?: string; S?: string }>
}

const hasFailed = (reason: Reason | undefined): reason is Reason =>
  /^ConditionalCheckFailed/.test(reason?.Code ?? reason?.name ?? '')

function refusal(failures: number, lastAt: number, ms: number): Pick<Attempt, 'refused' | 'retryAfter'> {
  const wait = lastAt + delayMs(failures) - ms
  // Before the delay begins a later attempt of another environment's clock is none.
  return failures >= delayFrom && wait > 0
    ? { refused: 'account-delayed', retryAfter: Math.ceil(wait / 1000) }
    : { refused: 'captcha-required' }
}

function countingOf(account: string, bucket: string, solved: boolean, ms: number) {
  const device = isDevice(bucket)
  const { condition, values } = solved ? mayWithCaptcha(ms) : mayWithout
  return {
    TableName: tableName(),
    Key: gateKey(account, bucket),
    UpdateExpression: `SET lastAt = :now${device ? '' : ', #ttl = :ttl'} ADD #failures :one${solved ? ', #passes :one' : ''}`,
    // A device's bucket is made when it is trusted: a made-up device has none, and is a stranger.
    ConditionExpression: device
      ? `trustedUntil > :moment AND (${condition})`
      : `attribute_not_exists(pk) OR ${condition}`,
    ExpressionAttributeNames: {
      '#failures': 'failures',
      ...(!device && { '#ttl': 'ttl' }),
      ...(solved && { '#passes': `passes${Math.floor(ms / passes.windowMs)}` }),
    },
    ExpressionAttributeValues: {
      ':now': ms,
      ':one': 1,
      ...(device ? { ':moment': new Date(ms).toJSON() } : { ':ttl': Math.ceil(ms / 1000) + 2 * 86_400 }),
      ...values,
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  }
}

interface May {
  condition: string
  values: Record<string, number>
}

const mayWithout: May = { condition: 'failures < :captchaFrom', values: { ':captchaFrom': captchaFrom } }

/** With a CAPTCHA: while few have failed, so many times in a quarter of an hour whatever the delay, or after the delay. */
function mayWithCaptcha(ms: number): May {
  const counts = Array.from({ length: longestFrom - delayFrom + 1 }, (_, index) => delayFrom + index)
  const waited = counts.map(
    count => `(failures ${count === longestFrom ? '>=' : '='} :n${count} AND lastAt <= :before${count})`,
  )
  return {
    condition: [`failures < :n${delayFrom}`, 'attribute_not_exists(#passes)', '#passes < :most', ...waited].join(
      ' OR ',
    ),
    values: Object.assign(
      { ':most': passes.most },
      ...counts.map(count => ({ [`:n${count}`]: count, [`:before${count}`]: ms - delayMs(count) })),
    ),
  }
}

/** A solution works once: its id is kept until long after it would have expired. */
const spending = (solution: string, ms: number) => ({
  TableName: tableName(),
  Item: { pk: `CAPTCHA#${solution}`, sk: 'SPENT', ttl: Math.ceil(ms / 1000) + 86_400 },
  ConditionExpression: 'attribute_not_exists(pk)',
})

export const removing = (account: string, bucket: string): Write<'conflict'> => ({
  kind: 'delete',
  request: { TableName: tableName(), Key: gateKey(account, bucket) },
  onConflict: 'conflict',
})
