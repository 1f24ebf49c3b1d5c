import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { practices } from '../../shared/ports/practices.ts'
import { Payer } from '../../shared/schema/claims.ts'

/** Lists the payers that the practice bills. */
export default defineAction({
  summary: 'List payers',
  route: 'GET /payers',
  allow: 'coverage:read',
  reply: { status: 200, schema: z.strictObject({ items: z.array(Payer) }) },
  audit: { action: 'R', entity: 'Organization/payers' },
  limit: 'read',
  timeout: 5,
  uses: { practices },

  async handle({ practices }) {
    return { items: (await practices.mine()).payers }
  },
})
