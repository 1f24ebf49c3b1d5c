import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'

/** Answers that a function runs, and asks nothing else: a restart would not mend what it asks. */
export default defineAction({
  summary: 'Is a function alive?',
  route: 'GET /health/live',
  allow: 'anyone',
  reply: { status: 200, schema: z.strictObject({ status: z.literal('ok') }) },
  limit: 'none',
  timeout: 3,
  memory: 256,

  async handle() {
    return { status: 'ok' as const }
  },
})
