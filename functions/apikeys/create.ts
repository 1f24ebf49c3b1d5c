import * as z from 'zod'
import { keyView } from '../../shared/domain/apiKeys.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { grantable, mayDo } from '../../shared/kernel/permissions.ts'
import { apiKeys } from '../../shared/ports/apiKeys.ts'
import { IssuedApiKey, keySettings } from '../../shared/schema/clients.ts'

/** The permissions that a program can be given. */
const Scopes = z.array(z.enum(grantable)).min(1).max(grantable.length)

/**
 * Makes a key with which a program acts for the practice. It may do no more than whoever makes it, ends within a year, and its
 * secret is in this answer and nowhere else.
 */
export default defineAction({
  summary: 'Make an API key',
  route: 'POST /api-keys',
  allow: 'api-key:manage',
  body: z.strictObject({
    ...keySettings,
    scopes: Scopes,
    /** After so many days it works no more. */
    days: z.int().min(1).max(365),
  }),
  reply: { status: 201, schema: IssuedApiKey },
  problems: ['scope-not-held'],
  audit: { action: 'C', entity: 'ApiKey/{keyId}' },
  limit: 'write',
  timeout: 5,
  metric: 'ApiKeysMade',
  stepUp: true,
  uses: { apiKeys },

  async handle({ body: { days, ...settings }, actor, apiKeys, now, newId, about, commit, fail }) {
    const { role, userId } = actor
    const wider = settings.scopes.flatMap((scope, at) => (mayDo(role, scope) ? [] : [`body.scopes.${at}`]))
    if (wider.length > 0) {
      return fail(
        'scope-not-held',
        wider.map(path => ({ path, message: 'is more than your own role may do' })),
      )
    }
    const keyId = newId('key')
    about({ keyId })
    const expiresAt = new Date(Date.parse(now) + days * 86_400_000).toJSON()
    const scopes = [...new Set(settings.scopes)]
    const { key, secret, write } = apiKeys.add({ keyId, ...settings, scopes, createdBy: userId, expiresAt })
    await commit(write)
    return { ...keyView(key), secret }
  },
})
