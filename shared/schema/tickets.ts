import * as z from 'zod'
import { PracticeSlug, Role } from './identity.ts'
import { PatientId, PracticeId, PractitionerId, TicketId, UserId } from './ids.ts'
import { Email } from './people.ts'
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

/** A way into a practice for whoever reads the mail of an address. */
export const Invitation = Ticket.extend({
  practiceSlug: PracticeSlug,
  email: Email,
  role: Role,
  patientId: PatientId.optional(),
  practitionerId: PractitionerId.optional(),
})
export type Invitation = z.infer<typeof Invitation>

/** Allows a new password. It dies when the e-mail is another one or the password was changed since. */
export const PasswordReset = Ticket.extend({ email: Email })
export type PasswordReset = z.infer<typeof PasswordReset>

/** Allows another e-mail, to whoever reads its mail and is signed in. `from` is the e-mail at that time. */
export const EmailChange = Ticket.extend({ from: Email, to: Email })
export type EmailChange = z.infer<typeof EmailChange>

/** A token as links carry it: the ticket's id and a MAC of it (HMAC-SHA-256, base64url). */
export const LinkToken = z
  .string()
  .regex(/^tkt_[0-9A-HJKMNP-TV-Z]{20}\.[A-Za-z0-9_-]{43}$/, 'must be the whole token of a link')
