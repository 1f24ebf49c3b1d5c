import { Refusal } from '../refusal.ts'

/** How many calls of one operation are let through: so many a second, after a first burst. */
export interface Rate {
  perSecond: number
  burst: number
}

/** A token bucket for each operation, as Meetings has by default: 10 a second, 20 at once. */
export function throttle(rate: Rate | undefined, now: () => number): (operation: string) => void {
  const buckets = new Map<string, { tokens: number; at: number }>()
  return operation => {
    if (!rate) return
    const bucket = buckets.get(operation) ?? { tokens: rate.burst, at: now() }
    const refilled = bucket.tokens + ((now() - bucket.at) / 1000) * rate.perSecond
    const tokens = Math.min(rate.burst, refilled)
    if (tokens < 1) throw new Refusal('ThrottlingException', 'Rate exceeded', 429)
    buckets.set(operation, { tokens: tokens - 1, at: now() })
  }
}
