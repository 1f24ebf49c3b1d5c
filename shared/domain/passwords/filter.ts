import { createHash } from 'node:crypto'

/** Bits of the filter. */
export const filterBits = 262_144

/**
 * Where a password stands in the Bloom filter of breached ones: the 16 words of its SHA-512. With 9,700 entries three in a
 * million passwords that nobody has breached are refused too, and none that is listed passes. Case makes no other password.
 */
export function placesOf(password: string): number[] {
  const digest = createHash('sha512').update(password.normalize('NFC').toLowerCase()).digest()
  return Array.from({ length: 16 }, (_, word) => digest.readUInt32BE(word * 4) % filterBits)
}
