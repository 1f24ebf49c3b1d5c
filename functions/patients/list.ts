import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { patients } from '../../shared/ports/patients.ts'
import { page, paging } from '../../shared/schema/paging.ts'
import { Patient } from '../../shared/schema/patients.ts'

/** Lists the practice's patients, newest first. A patient's list is themselves. */
export default defineAction({
  summary: 'List patients',
  route: 'GET /patients',
  allow: 'patient:read',
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(Patient) },
  audit: { action: 'R', entity: 'Patient/list' },
  limit: 'read',
  timeout: 5,
  uses: { patients },

  async handle({ query, patients, saw }) {
    const page = await patients.list(query.limit, query.cursor)
    saw(page.items)
    return page
  },
})
