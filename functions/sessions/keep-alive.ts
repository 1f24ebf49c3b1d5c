import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { Instant } from '../../shared/schema/time.ts'

/**
 * Says that the user is still there: their answer to the warning. It moves the idle deadline on as any work does, never past
 * the eight hours, and answers the deadlines as they are stored.
 */
export default defineAction({
  summary: 'Keep the session alive',
  route: 'POST /sessions/current/keep-alive',
  allow: 'signed-in',
  reply: {
    status: 200,
    schema: z
      .strictObject({ idleExpiresAt: Instant, absoluteExpiresAt: Instant, warnAt: Instant })
      .meta({ id: 'SessionDeadlines' }),
  },
  audit: { action: 'U', entity: 'Session/{sessionId}' },
  limit: 'write',
  timeout: 5,

  async handle({ session }) {
    return session.deadlines()
  },
})
