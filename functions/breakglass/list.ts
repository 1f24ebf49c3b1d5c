import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { breakGlassQueue } from '../../shared/ports/breakGlass.ts'
import { BreakGlass } from '../../shared/schema/breakGlass.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** Lists what waits for a decision, or what has been decided; what has waited longest comes first. */
export default defineAction({
  summary: 'List emergency accesses',
  route: 'GET /break-glass',
  allow: 'break-glass:read',
  query: z.strictObject({ status: BreakGlass.shape.status.default('awaiting-review'), ...paging }),
  reply: { status: 200, schema: page(BreakGlass) },
  audit: { action: 'R', entity: 'BreakGlass/list' },
  limit: 'read',
  timeout: 5,
  uses: { breakGlassQueue },

  async handle({ query, breakGlassQueue, saw }) {
    const found = await breakGlassQueue.inStatus(query.status, query.limit, query.cursor)
    saw(found.items)
    return found
  },
})
