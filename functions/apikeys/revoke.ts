import * as z from 'zod'
import { isLive } from '../../shared/domain/apiKeys.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { apiKeys } from '../../shared/ports/apiKeys.ts'
import { ApiKeyId } from '../../shared/schema/ids.ts'

/** Ends a key at once, with every secret and access token of it: each request looks at the key as it is. */
export default defineAction({
  summary: 'Revoke an API key',
  route: 'DELETE /api-keys/{keyId}',
  allow: 'api-key:manage',
  params: z.strictObject({ keyId: ApiKeyId }),
  reply: { status: 204, schema: z.undefined() },
  problems: ['api-key-not-found', 'api-key-over'],
  audit: { action: 'U', entity: 'ApiKey/{keyId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { apiKeys },

  async handle({ params, apiKeys, now, commit, fail }) {
    const key = await apiKeys.find(params.keyId)
    if (!key) return fail('api-key-not-found')
    if (!isLive(key, now)) return fail('api-key-over')
    await commit(apiKeys.revoke(key))
    return undefined
  },
})
