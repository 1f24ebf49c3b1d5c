/** How many requests of a class one subject may make in a window of so many seconds. */
export const quotas = {
  /** Sign-in attempts from one address. */
  credential: { quota: 20, window: 300 },
  read: { quota: 600, window: 60 },
  write: { quota: 240, window: 60 },
  bulk: { quota: 30, window: 60 },
  /** Anonymous reads from one address: health and documentation. */
  anonymous: { quota: 300, window: 60 },
  /** Codes tried in one sign-in, and by one user in a day (NIST SP 800-63B-4 §3.2.2). */
  'mfa-challenge': { quota: 5, window: 86_400 },
  'mfa-day': { quota: 20, window: 86_400 },
  /** Messages to one mailbox that somebody may ask for. */
  mailbox: { quota: 10, window: 3_600 },
  /** Tries of a user at their present password, in a session that somebody may have found open. */
  'password-check': { quota: 10, window: 3_600 },
} as const satisfies Record<string, { quota: number; window: number }>

export type QuotaName = keyof typeof quotas

/** What is left of a quota. `resets` is in seconds. */
export interface Allowance {
  name: QuotaName
  quota: number
  used: number
  allowed: boolean
  remaining: number
  resets: number
}

export function allowance(name: QuotaName, used: number, resets: number, share = 1): Allowance {
  const quota = Math.ceil(quotas[name].quota * share)
  return { name, quota, used, allowed: used <= quota, remaining: Math.max(0, quota - used), resets }
}

/** The same count held against a share of the quota: what an API key may ask for is known only when it is read. */
export const withShare = ({ name, used, resets }: Allowance, share: number): Allowance =>
  allowance(name, used, resets, share)

/** Whose requests an address's are: an IPv6 customer holds a whole /64, so all of it is one subject. */
export function addressSubject(address: string): string {
  if (!address.includes(':')) return address
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
