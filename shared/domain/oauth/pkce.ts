import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether the verifier is the one that the challenge was made of (RFC 7636 §4.6, S256 and no other method). */
export function isVerifier(verifier: string, challenge: string): boolean {
  const made = createHash('sha256').update(verifier).digest()
  const right = Buffer.from(challenge, 'base64url')
  return made.length === right.length && timingSafeEqual(made, right)
}
