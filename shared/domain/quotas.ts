import { createHash } from 'node:crypto'
import { quotaBounds } from '../schema/limits.ts'

/** How many requests of a class one subject may make in `window` seconds. */
interface Rule {
  quota: number
  window: number
  /** Holds in *any* window of that length; without it, in each calendar window (NIST counts codes a day). */
  slides?: true
  /** Between these a practice may set its own. */
  floor?: number
  ceiling?: number
}

export const quotas = {
  /** Sign-in attempts from one address. */
  credential: { quota: 20, window: 300, slides: true },
  /** Anonymous reads from one address: health and documentation. */
  anonymous: { quota: 300, window: 60, slides: true },
  /** Of one user, in all sessions together. */
  read: { quota: 600, window: 60, slides: true, ...quotaBounds.read },
  write: { quota: 240, window: 60, slides: true, ...quotaBounds.write },
  bulk: { quota: 30, window: 60, slides: true, ...quotaBounds.bulk },
  /** Of one API key: reads and writes together, of which it may have a share. Bulk has its own quota. */
  'api-key': { quota: 600, window: 60, slides: true, ...quotaBounds['api-key'] },
  /** Codes tried in one sign-in, and by one user in a day (NIST SP 800-63B-4 §3.2.2). */
  'mfa-challenge': { quota: 5, window: 86_400 },
  'mfa-day': { quota: 20, window: 86_400 },
  /** Messages to one mailbox that somebody may ask for. */
  mailbox: { quota: 10, window: 3_600, slides: true },
  /** Tries of a user at their present password, in a session that somebody may have found open. */
  'password-check': { quota: 10, window: 3_600, slides: true },
  /** Messages to a user about sign-ins from one strange place. */
  'new-device': { quota: 1, window: 86_400 },
} as const satisfies Record<string, Rule>

export type QuotaName = keyof typeof quotas

/** Classes whose quota a practice may set. */
export const configurable = ['read', 'write', 'bulk', 'api-key'] as const
export type ConfigurableQuota = (typeof configurable)[number]

export const isConfigurable = (name: QuotaName): name is ConfigurableQuota =>
  (configurable as readonly QuotaName[]).includes(name)

/** A set quota within what the code allows, wherever the number comes from. */
export const withinBounds = (name: ConfigurableQuota, quota: number): number =>
  Math.min(quotas[name].ceiling, Math.max(quotas[name].floor, quota))

/** What is left of a quota. Times are in seconds. */
export interface Allowance {
  name: QuotaName
  quota: number
  window: number
  allowed: boolean
  remaining: number
  /** When the whole quota is there again, if nothing more is asked. */
  resets: number
  /** When one more request is let in, if nothing is asked until then. */
  retryAfter: number
  /** True for the one request that went over. */
  crossed: boolean
}

/** Slots of a sliding window. Each that the window touches counts whole, so a quota holds for a tenth longer than it says. */
const slotsInWindow = 10
/** Slots that one item holds. In the last window of a page requests are written into the next page too. */
const slotsInPage = 100

/** Where a request is counted: an item for each page of slots, and in it a number for each slot. */
export interface Place {
  /** Start of the page, in seconds since 1970. */
  page: number
  /** Its slot in the page; below zero for what came before the page. */
  slot: number
  /** When the page is needed no more, in seconds since 1970. */
  ends: number
}

const shapeOf = (rule: Rule) =>
  rule.slides
    ? { grain: rule.window / slotsInWindow, reach: slotsInWindow, length: slotsInPage }
    : { grain: rule.window, reach: 0, length: 1 }

/** The page in which a moment is counted, and the next one where it will have to be known too. */
export function placesOf(name: QuotaName, ms: number): [Place, ...Place[]] {
  const { grain, reach, length } = shapeOf(quotas[name])
  const slot = Math.floor(ms / 1000 / grain)
  const page = Math.floor(slot / length)
  const placeIn = (at: number): Place => ({
    page: at * length * grain,
    slot: slot - at * length,
    ends: ((at + 1) * length + reach) * grain,
  })
  const own = placeIn(page)
  return own.slot >= length - reach ? [own, placeIn(page + 1)] : [own]
}

/**
 * What is left, from the counts of a page in which this request is counted already. Every slot that the window touches counts
 * whole: so never more than the quota passes in any window, and whoever asks less than it in window and a tenth is let in.
 */
export function allowance(
  name: QuotaName,
  quota: number,
  countIn: (slot: number) => number,
  { page, slot }: Place,
  ms: number,
): Allowance {
  const { grain, reach } = shapeOf(quotas[name])
  const slots = Array.from({ length: reach + 1 }, (_, back) => slot - reach + back)
  const used = slots.reduce((sum, each) => sum + countIn(each), 0)
  const secondsUntilGone = (each: number) => Math.max(1, Math.ceil(page + (each + reach + 1) * grain - ms / 1000))
  let left = used
  const lastInTheWay = slots.find(each => {
    left -= countIn(each)
    return left < quota
  })
  return {
    name,
    quota,
    window: quotas[name].window,
    allowed: used <= quota,
    remaining: Math.max(0, quota - used),
    resets: secondsUntilGone(slot),
    retryAfter: secondsUntilGone(lastInTheWay ?? slot),
    crossed: used === quota + 1,
  }
}

/** Under what an address is counted: a hash of its network, for keys can appear in traces and in the cloud's own logs. */
export const addressSubject = (address: string): string =>
  createHash('sha256').update(networkOf(address)).digest('base64url').slice(0, 22)

/** Whose requests an address's are: an IPv6 customer holds a whole /64, so all of it is one subject. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped || !address.includes(':')) return mapped ?? address
  const [head = '', tail = ''] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const after = tail.split(':').filter(Boolean)
  const zeros = address.includes('::') ? Math.max(0, 8 - groups.length - after.length) : 0
  const full = [...groups, ...Array<string>(zeros).fill('0'), ...after]
  return `${full
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
