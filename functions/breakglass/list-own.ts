import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { ownBreakGlass } from '../../shared/ports/breakGlass.ts'
import { BreakGlass } from '../../shared/schema/breakGlass.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** Lists the caller's own emergency accesses, the latest first: what is open, until when, and what was decided of the others. */
export default defineAction({
  summary: "List one's own emergency accesses",
  route: 'GET /break-glass/own',
  allow: 'break-glass:start',
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(BreakGlass) },
  audit: { action: 'R', entity: 'BreakGlass/own' },
  limit: 'read',
  timeout: 5,
  uses: { ownBreakGlass },

  async handle({ query, actor, ownBreakGlass, saw }) {
    if (!actor.userId) return { items: [] }
    const found = await ownBreakGlass.ofUser(actor.userId, query.limit, query.cursor)
    saw(found.items)
    return found
  },
})
