import * as z from 'zod'
import { PracticeId, TicketId, UserId } from './ids.ts'
import { Instant } from './time.ts'

/**
 * What every single-use ticket has: an invitation, a reset, a challenge. Its token is derived from its id under a key that the
 * table does not hold, so whoever reads the table can use none.
 */
export const Ticket = z.object({
  ticketId: TicketId,
  practiceId: PracticeId,
  /** Absent where nobody is known yet: an invitation. */
  userId: UserId.optional(),
  createdAt: Instant,
  expiresAt: Instant,
  version: z.int().min(1),
})
export type Ticket = z.infer<typeof Ticket>
