import type { StreamChange } from '../../schema/audit.ts'
import type { Instant } from '../../schema/time.ts'

const day = 86_400_000

/** How long a record stays in the table, where it is searched. In the archive it stays for six years. */
export const hotDays = 400

/** When DynamoDB may collect a record, in seconds since 1970: long after it was sealed. */
export const expiryOf = (recordedAt: Instant): number => Math.ceil((Date.parse(recordedAt) + hotDays * day) / 1000)

/** Whether a change of a record is the end of its time, and not somebody's hand. A TTL that was moved forward is a hand. */
export function isExpiry({ event, expired, before }: StreamChange, now: Instant): boolean {
  return event === 'REMOVE' && expired && Date.parse(now) - Date.parse(before.recordedAt) >= hotDays * day
}
