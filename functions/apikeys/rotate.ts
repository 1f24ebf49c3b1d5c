import * as z from 'zod'
import { isLive, keyView } from '../../shared/domain/apiKeys.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { apiKeys } from '../../shared/ports/apiKeys.ts'
import { IssuedApiKey } from '../../shared/schema/clients.ts'
import { ApiKeyId } from '../../shared/schema/ids.ts'

/**
 * Gives a key another secret. The one before it goes on for as long as is asked, a day at most, so that a program can be told
 * in peace; with no overlap it ends at once.
 */
export default defineAction({
  summary: 'Rotate an API key',
  route: 'POST /api-keys/{keyId}/rotation',
  allow: 'api-key:manage',
  params: z.strictObject({ keyId: ApiKeyId }),
  body: z.strictObject({ overlapMinutes: z.int().min(0).max(1_440) }),
  reply: { status: 200, schema: IssuedApiKey },
  problems: ['api-key-not-found', 'api-key-over'],
  audit: { action: 'U', entity: 'ApiKey/{keyId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { apiKeys },

  async handle({ params, body, apiKeys, now, commit, fail }) {
    const before = await apiKeys.find(params.keyId)
    if (!before) return fail('api-key-not-found')
    if (!isLive(before, now)) return fail('api-key-over')
    const { key, secret, write } = apiKeys.rotate(before, body.overlapMinutes)
    await commit(write)
    return { ...keyView(key), secret }
  },
})
