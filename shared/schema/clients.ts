import * as z from 'zod'
import { ApiKeyId, PracticeId, UserId } from './ids.ts'
import { Cidr } from './network.ts'
import { text } from './people.ts'
import { Instant } from './time.ts'

/** How much a key may ask for, against what a person may: a tenth, as much, or four times as much. */
export const KeyLimit = z.enum(['low', 'standard', 'high'])
export type KeyLimit = z.infer<typeof KeyLimit>

/** What whoever makes a key decides, beside its scopes. */
export const keySettings = {
  /** What the key is for, for whoever finds it in the list. */
  name: text(60),
  /** From where it may be used; from everywhere when none is given. */
  addresses: z.array(Cidr).max(50),
  limit: KeyLimit,
}

const Shown = {
  keyId: ApiKeyId,
  ...keySettings,
  scopes: z.array(z.string()),
  createdBy: UserId,
  createdAt: Instant,
  updatedAt: Instant,
  expiresAt: Instant,
  revokedAt: Instant.optional(),
  /** To five minutes. */
  lastUsedAt: Instant.optional(),
}

/** A key with which a program acts for a practice. Of its secret the table holds the SHA-256 alone. */
export const ApiKey = z.object({
  ...Shown,
  practiceId: PracticeId,
  secretHash: z.string(),
  /** The secret before the last rotation, and until when it still works. */
  previous: z.object({ secretHash: z.string(), until: Instant }).optional(),
  version: z.int().min(1),
})
export type ApiKey = z.infer<typeof ApiKey>

/** How a key is shown: without its secret, of which nobody can be told again. */
export const ApiKeyView = z.strictObject({ ...Shown, previousUntil: Instant.optional() }).meta({ id: 'ApiKey' })
export type ApiKeyView = z.infer<typeof ApiKeyView>

/** A key when it is made or rotated: the only answer that holds the secret. */
export const IssuedApiKey = z.strictObject({ ...ApiKeyView.shape, secret: z.string() }).meta({ id: 'IssuedApiKey' })
