import { createHash, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { account, region } from '../../aws/service.ts'
import type { Collection } from '../database.ts'
import { Refusal } from '../refusal.ts'

export type KeySpec = 'SYMMETRIC_DEFAULT' | 'ECC_NIST_P256' | 'HMAC_256'
export type KeyUsage = 'ENCRYPT_DECRYPT' | 'SIGN_VERIFY' | 'GENERATE_VERIFY_MAC'

/** A key as it is kept. `material` is base64: 32 bytes, or PKCS #8 for an elliptic curve. Times are epoch seconds. */
export interface Key {
  id: string
  spec: KeySpec
  description: string
  createdAt: number
  enabled: boolean
  material: string
}

/** The kept keys and aliases. */
export interface Keys {
  create(spec: KeySpec, options?: { id?: string; description?: string }): Key
  /** The key that a `KeyId` means: an id, an ARN, an alias or an alias's ARN. */
  find(keyId: string): Key | undefined
  /** The same, refused when there is none or when it is disabled. */
  usable(keyId: string, usage?: KeyUsage, operation?: string): Key
  get(keyId: string): Key
  enable(key: Key, enabled: boolean): void
  alias(name: string, key: Key): void
  aliasesOf(key: Key): string[]
}

/** What each kind of key is for. */
export const usageOf: Record<KeySpec, KeyUsage> = {
  SYMMETRIC_DEFAULT: 'ENCRYPT_DECRYPT',
  ECC_NIST_P256: 'SIGN_VERIFY',
  HMAC_256: 'GENERATE_VERIFY_MAC',
}

export const arnOf = (id: string): string => `${arnPrefix}key/${id}`
export const aliasArnOf = (alias: string): string => `${arnPrefix}${alias}`

export function openKeys(
  keys: Collection<Key>,
  aliases: Collection<{ name: string; keyId: string }>,
  now: () => number,
): Keys {
  const find = (keyId: string): Key | undefined => {
    const name = keyId.startsWith(arnPrefix) ? keyId.slice(arnPrefix.length).replace(/^key\//, '') : keyId
    return keys.get(name.startsWith('alias/') ? (aliases.get(name)?.keyId ?? '') : name)
  }
  const get = (keyId: string): Key => {
    const key = find(keyId)
    if (key) return key
    const arn = keyId.startsWith('alias/') ? aliasArnOf(keyId) : keyId.startsWith('arn:') ? keyId : arnOf(keyId)
    throw new Refusal('NotFoundException', `${keyId.includes('alias/') ? 'Alias' : 'Key'} ${arn} is not found.`)
  }

  return {
    find,
    get,
    create(spec, { id = randomUUID(), description = '' } = {}) {
      const key = { id, spec, description, createdAt: now() / 1000, enabled: true, material: newMaterial(spec) }
      keys.put(id, key)
      return key
    },
    usable(keyId, usage, operation) {
      const key = get(keyId)
      if (!key.enabled) throw new Refusal('DisabledException', `${arnOf(key.id)} is disabled.`)
      if (usage && usageOf[key.spec] !== usage) {
        const message = `${arnOf(key.id)} key usage is ${usageOf[key.spec]} which is not valid for ${operation}.`
        throw new Refusal('InvalidKeyUsageException', message)
      }
      return key
    },
    enable: (key, enabled) => keys.put(key.id, { ...key, enabled }),
    alias: (name, key) => aliases.put(name, { name, keyId: key.id }),
    aliasesOf: key =>
      aliases
        .all()
        .filter(({ keyId }) => keyId === key.id)
        .map(({ name }) => name),
  }
}

/** A key id in the form of KMS made from any name, so that a template's key has the same ARN at each start. */
export function idOf(name: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name)) return name
  const digest = createHash('sha256').update(name).digest('hex')
  return digest.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

const arnPrefix = `arn:aws:kms:${region}:${account}:`

function newMaterial(spec: KeySpec): string {
  if (spec !== 'ECC_NIST_P256') return randomBytes(32).toString('base64')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
}
