import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Refusal } from '../refusal.ts'
import type { Key } from './keys.ts'

/** The non-secret pairs that a ciphertext is bound to. */
export type EncryptionContext = Record<string, string>

/**
 * Encrypts under the key with AES-256-GCM. The ciphertext carries the key's id, as that of KMS does, and the encryption
 * context is authenticated with it but not stored: a decryption that names another context fails.
 */
export function seal(key: Key, plaintext: Uint8Array, context: EncryptionContext): Buffer {
  const iv = randomBytes(ivLength)
  const head = Buffer.concat([magic, Buffer.from([key.id.length]), Buffer.from(key.id)])
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), iv)
  cipher.setAAD(Buffer.concat([head, canonical(context)]))
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([head, iv, cipher.getAuthTag(), body])
}

/** The inverse of `seal`. Refuses whatever the key and the context do not authenticate. */
export function unseal(key: Key, ciphertext: Uint8Array, context: EncryptionContext): Buffer {
  const headLength = magic.length + 1 + key.id.length
  const bytes = Buffer.from(ciphertext)
  const iv = bytes.subarray(headLength, headLength + ivLength)
  const tag = bytes.subarray(headLength + ivLength, headLength + ivLength + tagLength)
  if (tag.length < tagLength) throw invalidCiphertext()
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(key.material, 'base64'), iv, {
    authTagLength: tagLength,
  })
  decipher.setAAD(Buffer.concat([bytes.subarray(0, headLength), canonical(context)]))
  decipher.setAuthTag(tag)
  const plaintext = decipher.update(bytes.subarray(headLength + ivLength + tagLength))
  try {
    return Buffer.concat([plaintext, decipher.final()])
  } catch {
    throw invalidCiphertext()
  }
}

/** The id of the key that made a ciphertext, or undefined for bytes that no key here made. */
export function keyIdIn(ciphertext: Uint8Array): string | undefined {
  const bytes = Buffer.from(ciphertext)
  if (!bytes.subarray(0, magic.length).equals(magic)) return undefined
  const start = magic.length + 1
  return bytes.subarray(start, start + (bytes[magic.length] ?? 0)).toString()
}

/** KMS says no more than this, so that an attacker learns nothing from it. */
export const invalidCiphertext = () => new Refusal('InvalidCiphertextException', '')

const magic = Buffer.from([0x01, 0x02, 0x02, 0x00])
const ivLength = 12
const tagLength = 16

/** The pairs in the order of their keys: a context is a set, and its order does not matter. */
const canonical = (context: EncryptionContext): Buffer =>
  Buffer.from(JSON.stringify(Object.entries(context).sort(([one], [other]) => (one < other ? -1 : 1))))
