import { createHash } from 'node:crypto'
import { sameText } from '../../kernel/sameText.ts'

/** Whether the verifier is the one that the challenge was made of (RFC 7636 §4.6, S256 and no other method). */
export function isVerifier(verifier: string, challenge: string): boolean {
  return sameText(createHash('sha256').update(verifier).digest('base64url'), challenge)
}
