import { createHash } from 'node:crypto'
import type { Binding } from '../kernel/port.ts'
import { randomToken } from '../kernel/random.ts'
import type { Write } from '../kernel/write.ts'
import { ApiKey } from '../schema/clients.ts'
import type { ApiKeyId, PracticeId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page, queryItems } from './read.ts'

export const apiKeyEntity = entity<ApiKey>({
  name: 'ApiKey',
  schema: ApiKey,
  id: ({ keyId }) => keyId,
  keys: ({ practiceId, keyId }) => ({
    ...apiKeyKey(practiceId, keyId),
    gsi1pk: `APIKEY#${practiceId}`,
    gsi1sk: keyId,
  }),
  // A quarter of a year in which the list still tells of a key that is over.
  ttl: ({ expiresAt }) => Math.ceil(Date.parse(expiresAt) / 1000) + 90 * 86_400,
})

export const apiKeyKey = (practiceId: PracticeId, keyId: ApiKeyId) => ({
  pk: `APIKEY#${practiceId}#${keyId}`,
  sk: 'APIKEY',
})

/**
 * What a program holds: `hvn_`, practice and key, and 256 random bits. The first two stand in it so that the key is found by
 * its own key in the table, and are believed only when the hash of the whole is the stored one.
 */
const secretOf = (practiceId: PracticeId, keyId: ApiKeyId): string =>
  `hvn_${practiceId.slice(4)}.${keyId.slice(4)}.${randomToken()}`

const secretShape = /^hvn_([0-9A-HJKMNP-TV-Z]{20})\.([0-9A-HJKMNP-TV-Z]{20})\.[A-Za-z0-9_-]{43}$/

/** Where the key of a secret lies; nothing for what can be none of ours. */
export function placeOf(secret: string): { practiceId: PracticeId; keyId: ApiKeyId } | undefined {
  const [, practice, key] = secretShape.exec(secret) ?? []
  return practice && key ? { practiceId: `prc_${practice}` as PracticeId, keyId: `key_${key}` as ApiKeyId } : undefined
}

export const secretHashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url')

/** The keys of a practice, for whoever manages them. */
export const apiKeys = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  const issue = (keyId: ApiKeyId) => {
    const secret = secretOf(practiceId, keyId)
    return { secret, secretHash: secretHashOf(secret) }
  }

  return {
    add(details: Omit<ApiKey, 'practiceId' | 'secretHash' | 'createdAt' | 'updatedAt' | 'version'>) {
      const { secret, secretHash } = issue(details.keyId)
      const key: ApiKey = { ...details, practiceId, secretHash, createdAt: now, updatedAt: now, version: 1 }
      return { key, secret, write: apiKeyEntity.create(key) }
    },

    async find(keyId: ApiKeyId): Promise<ApiKey | undefined> {
      const item = await getItem(apiKeyKey(practiceId, keyId), binding)
      return item && apiKeyEntity.parse(item)
    },

    /** Newest first, with those that are over. */
    async list(limit: number, cursor?: string): Promise<Page<ApiKey>> {
      const run = { index: 'gsi1' as const, pk: `APIKEY#${practiceId}`, newestFirst: true, limit, cursor }
      const page = await queryItems(run, binding)
      return { ...page, items: page.items.map(apiKeyEntity.parse) }
    },

    /** Another secret. The one before it goes on for so many minutes; one before that ends at once. */
    rotate(before: ApiKey, overlapMinutes: number) {
      const { secret, secretHash } = issue(before.keyId)
      const until = new Date(Date.parse(now) + overlapMinutes * 60_000).toJSON()
      const change = { secretHash, previous: { secretHash: before.secretHash, until }, updatedAt: now }
      const key = { ...before, ...change }
      return { key, secret, write: apiKeyEntity.replace(before, change) }
    },

    revoke: (before: ApiKey): Write<'conflict'> => apiKeyEntity.replace(before, { revokedAt: now, updatedAt: now }),
  }
}
