import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Takes the place of otplib's HMAC in JavaScript in every bundle: Node's own is there already, and 13 KB less are loaded at
 * a cold start.
 */
export class NobleCryptoPlugin {
  readonly name = 'node'

  hmac(algorithm: 'sha1' | 'sha256' | 'sha512', key: Uint8Array, data: Uint8Array): Uint8Array {
    return createHmac(algorithm, key).update(data).digest()
  }

  randomBytes(length: number): Uint8Array {
    return randomBytes(length)
  }

  constantTimeEqual(a: string | Uint8Array, b: string | Uint8Array): boolean {
    const [left, right] = [Buffer.from(a), Buffer.from(b)]
    return left.length === right.length && timingSafeEqual(left, right)
  }
}

export const crypto = new NobleCryptoPlugin()
