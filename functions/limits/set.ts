import * as z from 'zod'
import { quotaView } from '../../shared/domain/quotaView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { quotaSettings } from '../../shared/ports/quotas.ts'
import { QuotaValues, QuotaView } from '../../shared/schema/limits.ts'

/**
 * Sets the practice's rate limits, within the code's own bounds. Every function goes by them half a minute later: it reads them
 * that seldom, so that they cost no request anything.
 */
export default defineAction({
  summary: 'Set the rate limits',
  route: 'PUT /limits',
  allow: 'limit:manage',
  body: z.strictObject({
    quotas: QuotaValues,
    /** Of the limits that were read; zero while the defaults hold. */
    version: z.int().min(0).max(1_000_000),
  }),
  reply: { status: 200, schema: QuotaView },
  audit: { action: 'U', entity: 'RateLimit/{practiceId}' },
  limit: 'write',
  timeout: 5,
  stepUp: true,
  uses: { quotaSettings },

  async handle({ body, actor, quotaSettings, now, commit }) {
    const { quotas, version } = body
    await commit(quotaSettings.set(quotas, version))
    return quotaView({ practiceId: actor.practiceId, ...quotas, updatedAt: now, version: version + 1 })
  },
})
