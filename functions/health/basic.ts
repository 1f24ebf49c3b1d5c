import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'

/** Answers that the API is there. */
export default defineAction({
  summary: 'Is the API there?',
  route: 'GET /health',
  allow: 'anyone',
  reply: { status: 200, schema: z.strictObject({ status: z.literal('ok') }) },
  limit: 'none',
  timeout: 3,
  memory: 256,

  async handle() {
    return { status: 'ok' as const }
  },
})
