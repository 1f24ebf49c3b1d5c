import { timingSafeEqual } from 'node:crypto'

/**
 * Whether a secret that somebody gave is the right one, in a time that does not tell where they differ. Texts are compared and
 * not the bytes they may stand for: base64url spells the same 32 bytes in four ways, and each token has one spelling.
 */
export function sameText(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)]
  return one.length === other.length && timingSafeEqual(one, other)
}
