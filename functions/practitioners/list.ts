import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { practitioners } from '../../shared/ports/practitioners.ts'
import { page, paging } from '../../shared/schema/paging.ts'
import { Practitioner } from '../../shared/schema/practitioners.ts'

/** Lists who can be booked, and when they work. */
export default defineAction({
  summary: 'List practitioners',
  route: 'GET /practitioners',
  allow: 'practitioner:read',
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(Practitioner) },
  audit: { action: 'R', entity: 'Practitioner/list' },
  limit: 'read',
  timeout: 5,
  uses: { practitioners },

  async handle({ query, practitioners }) {
    return practitioners.list(query.limit, query.cursor)
  },
})
