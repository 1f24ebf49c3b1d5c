import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { dependencies } from '../../shared/ports/dependencies.ts'

/** Answers 200 when everything that a request needs answers, and 503 otherwise: for load balancers and canaries. */
export default defineAction({
  summary: 'Can requests be served?',
  route: 'GET /health/ready',
  allow: 'anyone',
  reply: { status: 200, schema: z.strictObject({ status: z.literal('ready') }) },
  problems: ['unavailable'],
  limit: 'read',
  timeout: 5,
  uses: { dependencies },

  async handle({ dependencies, fail }) {
    const answers = await dependencies.check()
    return answers.every(({ up }) => up) ? { status: 'ready' as const } : fail('unavailable')
  },
})
