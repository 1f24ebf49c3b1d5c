import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { delayFrom } from '../domain/gate.ts'
import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { CaptchaPurpose } from '../schema/limits.ts'
import { type Attempt, deviceBucket, enter, gateKey, isDevice, persistently, removing } from './attempt.ts'
import { deviceGate } from './deviceGate.ts'
import { cancellationReasons } from './journal.ts'
import { markOf } from './limited.ts'
import { table, tableName } from './table.ts'

/** What an attempt shows beside its secret. */
interface Shown {
  /** The id in the cookie of a trusted browser. One that the account does not trust counts for nothing. */
  device?: string | undefined
  captcha?: string | undefined
  purpose?: CaptchaPurpose
}

interface Captcha {
  /** The solution's own id when it is right for this purpose and account. */
  check: (solution: string, purpose: CaptchaPurpose, account: string) => Promise<string | undefined>
}

/**
 * The one gate before an account, for every way in. It knows accounts by the hash of what was typed, so an unknown one is
 * treated like a known one. An attempt is counted before its secret is looked at, in one conditional write, so of any number
 * at once no more pass than may (OWASP ASVS 5.0 §6.3.1, NIST SP 800-63B-4 §3.2.2).
 */
export const gate = ({ now, signal }: Pick<Binding, 'now' | 'signal'>, captcha: Captcha) => ({
  async admit(account: string, { device, captcha: text, purpose = 'login' }: Shown = {}): Promise<Attempt> {
    const solution = text === undefined ? undefined : await captcha.check(text, purpose, account)
    const own = device && (await enter(account, deviceBucket(device), solution, now, signal))
    return own || ((await enter(account, now.slice(0, 10), solution, now, signal)) as Attempt)
  },

  /** Leaves a mark, once a day, when so many attempts failed that the account is delayed: its user is told of it. */
  async failed({ account, bucket, solved }: Attempt): Promise<void> {
    // Without a CAPTCHA there were too few.
    if (!solved) return
    const crossing = { class: 'account', kind: 'account', count: delayFrom, window: 86_400, at: now } as const
    const item = markOf({ owner: account.split('#')[0] ?? '', subject: account, account, ...crossing })
    const isDelayed = {
      TableName: tableName(),
      Key: gateKey(account, bucket),
      ConditionExpression: 'failures >= :delayFrom',
      ExpressionAttributeValues: { ':delayFrom': delayFrom },
    }
    const isNew = { TableName: tableName(), Item: item, ConditionExpression: 'attribute_not_exists(pk)' }
    const command = new TransactWriteCommand({ TransactItems: [{ ConditionCheck: isDelayed }, { Put: isNew }] })
    await persistently(() => table().send(command, { abortSignal: signal })).catch(error => {
      if (!cancellationReasons(error)) throw error
    })
  },

  /** Forgives what failed here before, in the transaction of what the attempt opens. */
  succeeded: ({ account, bucket }: Attempt): Write<'conflict'> =>
    isDevice(bucket)
      ? {
          kind: 'update',
          request: {
            TableName: tableName(),
            Key: gateKey(account, bucket),
            UpdateExpression: 'SET failures = :none',
            ConditionExpression: 'attribute_exists(pk)',
            ExpressionAttributeValues: { ':none': 0 },
          },
          onConflict: 'conflict',
        }
      : removing(account, bucket),

  distrust: deviceGate.distrust,
})

export type Gate = ReturnType<typeof gate>
