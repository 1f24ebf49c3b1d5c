import type { ApiKey, ApiKeyView, KeyLimit } from '../schema/clients.ts'
import { addressOf, blockOf, isIn } from '../schema/network.ts'
import type { Instant } from '../schema/time.ts'

/** What each class of keys may ask for, as a share of what a session may. */
export const shareOfLimit: Record<KeyLimit, number> = { low: 0.1, standard: 1, high: 4 }

/** Whether a key works at all: not revoked, not expired. To the second, whatever the cleanup has done. */
export const isLive = ({ revokedAt, expiresAt }: ApiKey, now: Instant): boolean => !revokedAt && now < expiresAt

/** Whether a secret is the key's, or was until a rotation whose overlap goes on. */
export const isSecretOf = ({ secretHash, previous }: ApiKey, hash: string, now: Instant): boolean =>
  hash === secretHash || (previous?.secretHash === hash && now < previous.until)

/** Whether a key may be used from an address. One that cannot be read is in no block. */
export function isAllowedFrom({ addresses }: ApiKey, source: string): boolean {
  if (addresses.length === 0) return true
  const address = addressOf(source)
  return addresses.some(text => {
    const block = blockOf(text)
    return address !== undefined && block !== undefined && isIn(address, block)
  })
}

/** The stored moment of last use moves at most this often: a write per request would cost more than the news is worth. */
const touchEveryMs = 5 * 60_000

export const shouldTouch = ({ lastUsedAt }: ApiKey, now: Instant): boolean =>
  !lastUsedAt || Date.parse(now) - Date.parse(lastUsedAt) >= touchEveryMs

/** A key as it is shown, without anything of its secrets. */
export function keyView({ practiceId: _, secretHash: __, previous, version: ___, ...key }: ApiKey): ApiKeyView {
  return { ...key, ...(previous && { previousUntil: previous.until }) }
}
