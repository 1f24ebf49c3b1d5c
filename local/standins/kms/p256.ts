import {
  createECDH,
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'

/** An ECDSA signature over SHA-256 on P-256, DER-encoded as KMS gives it (ANS X9.62). */
export const signMessage = (pkcs8: Buffer, message: Uint8Array): Buffer => sign('sha256', message, privateKey(pkcs8))

export const verifyMessage = (pkcs8: Buffer, message: Uint8Array, signature: Uint8Array): boolean =>
  verify('sha256', message, createPublicKey(privateKey(pkcs8)), signature)

/** The public key as DER SubjectPublicKeyInfo (RFC 5280). */
export const publicKeyOf = (pkcs8: Buffer): Buffer =>
  createPublicKey(privateKey(pkcs8)).export({ type: 'spki', format: 'der' })

/**
 * Signs a digest that the caller made (`MessageType: DIGEST`). Node signs messages only, so this is FIPS 186-5 §6.4.1
 * on its curve points. The arithmetic is not constant-time, which a key of a development machine can bear.
 */
export function signDigest(pkcs8: Buffer, digest: Uint8Array): Buffer {
  const secret = number(Buffer.from(privateKey(pkcs8).export({ format: 'jwk' }).d ?? '', 'base64url'))
  const curve = createECDH('prime256v1')
  for (;;) {
    const nonce = modulo(number(randomBytes(40)), order - 1n) + 1n
    curve.setPrivateKey(bytes(nonce))
    const r = modulo(number(curve.getPublicKey().subarray(1, 33)), order)
    const s = modulo(inverse(nonce, order) * (number(digest) + r * secret), order)
    if (r !== 0n && s !== 0n) return der(r, s)
  }
}

/** Whether the signature is the key's over a digest that the caller made (FIPS 186-5 §6.4.2). */
export function verifyDigest(pkcs8: Buffer, digest: Uint8Array, signature: Uint8Array): boolean {
  const pair = parseDer(Buffer.from(signature))
  if (!pair || pair.some(value => value <= 0n || value >= order)) return false
  const [r, s] = pair
  const { x = '', y = '' } = createPublicKey(privateKey(pkcs8)).export({ format: 'jwk' })
  const key: Point = [number(Buffer.from(x, 'base64url')), number(Buffer.from(y, 'base64url'))]
  const w = inverse(s, order)
  const point = add(times(base, modulo(number(digest) * w, order)), times(key, modulo(r * w, order)))
  return point !== undefined && modulo(point[0], order) === r
}

/** SHA-256, for those who sign digests. */
export const sha256 = (message: Uint8Array): Buffer => createHash('sha256').update(message).digest()

type Point = [bigint, bigint]

const prime = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
const base: Point = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
]

const privateKey = (pkcs8: Buffer): KeyObject => createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })

function add(one: Point | undefined, other: Point | undefined): Point | undefined {
  if (!one || !other) return one ?? other
  const [x1, y1] = one
  const [x2, y2] = other
  if (x1 === x2 && modulo(y1 + y2, prime) === 0n) return undefined
  const slope =
    x1 === x2 ? (3n * x1 * x1 - 3n) * inverse(2n * y1, prime) : (y2 - y1) * inverse(modulo(x2 - x1, prime), prime)
  const x = modulo(slope * slope - x1 - x2, prime)
  return [x, modulo(slope * (x1 - x) - y1, prime)]
}

function times(point: Point, scalar: bigint): Point | undefined {
  let result: Point | undefined
  let doubled: Point | undefined = point
  for (let rest = scalar; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = add(result, doubled)
    doubled = add(doubled, doubled)
  }
  return result
}

const modulo = (value: bigint, of: bigint): bigint => ((value % of) + of) % of

/** The inverse by the extended algorithm of Euclid. */
function inverse(value: bigint, of: bigint): bigint {
  let [a, b, x, y] = [modulo(value, of), of, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b] = [b - quotient * a, a]
    ;[x, y] = [y - quotient * x, x]
  }
  return modulo(x, of)
}

const number = (octets: Uint8Array): bigint => BigInt(`0x${Buffer.from(octets).toString('hex') || '0'}`)
const bytes = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(64, '0'), 'hex')

function der(r: bigint, s: bigint): Buffer {
  const parts = [r, s].map(value => {
    const octets = Buffer.from(value.toString(16).padStart(2 * Math.ceil(value.toString(16).length / 2), '0'), 'hex')
    const positive = octets[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), octets]) : octets
    return Buffer.concat([Buffer.from([0x02, positive.length]), positive])
  })
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

function parseDer(signature: Buffer): [bigint, bigint] | undefined {
  if (signature[0] !== 0x30 || signature[1] !== signature.length - 2 || signature[2] !== 0x02) return undefined
  const second = 4 + signature[3]!
  if (signature[second] !== 0x02 || second + 2 + signature[second + 1]! !== signature.length) return undefined
  return [number(signature.subarray(4, second)), number(signature.subarray(second + 2))]
}
