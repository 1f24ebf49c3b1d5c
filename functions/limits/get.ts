import { quotaView } from '../../shared/domain/quotaView.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { practiceQuotas } from '../../shared/ports/quotas.ts'
import { QuotaView } from '../../shared/schema/limits.ts'

/** The practice's rate limits, and between which bounds they may be set. */
export default defineAction({
  summary: 'Show the rate limits',
  route: 'GET /limits',
  allow: 'limit:read',
  reply: { status: 200, schema: QuotaView },
  audit: { action: 'R', entity: 'RateLimit/{practiceId}' },
  limit: 'read',
  timeout: 5,
  uses: { practiceQuotas },

  handle: async ({ practiceQuotas }) => quotaView(await practiceQuotas.mine()),
})
