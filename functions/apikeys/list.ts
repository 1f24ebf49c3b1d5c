import * as z from 'zod'
import { keyView } from '../../shared/domain/apiKeys.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { apiKeys } from '../../shared/ports/apiKeys.ts'
import { ApiKeyView } from '../../shared/schema/clients.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** Lists the practice's keys, those that are over too, with when each was last used. No secret is among it. */
export default defineAction({
  summary: 'List API keys',
  route: 'GET /api-keys',
  allow: 'api-key:manage',
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(ApiKeyView) },
  audit: { action: 'R', entity: 'ApiKey/list' },
  limit: 'read',
  timeout: 5,
  uses: { apiKeys },

  async handle({ query, apiKeys }) {
    const { items, next } = await apiKeys.list(query.limit, query.cursor)
    return { items: items.map(keyView), ...(next && { next }) }
  },
})
