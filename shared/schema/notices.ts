import * as z from 'zod'
import { BreakGlassId, NoticeId, PracticeId, TicketId, UserId } from './ids.ts'
import { Email, Phone } from './people.ts'
import { Instant } from './time.ts'

/** What a user can be told of. The words are the delivery's; a notice holds no name, no token and nothing of a record. */
export const NoticeKind = z.enum([
  'invitation',
  'password-reset',
  'email-confirmation',
  'email-changed',
  'password-changed',
  'phone-changed',
  'factor-added',
  'factor-removed',
  'passkey-suspended',
  'backup-code-used',
  'backup-codes-renewed',
  'new-device',
  'device-token-reused',
  'sessions-ended',
  'session-token-reused',
  'identity-linked',
  'identity-unlinked',
  'account-locked',
  'role-changed',
  'account-disabled',
  'account-enabled',
  'account-deleted',
  'sms-code',
  'break-glass-started',
  'record-export-requested',
  'record-export-ready',
])
export type NoticeKind = z.infer<typeof NoticeKind>

/** A message on its way to somebody, written in the transaction of what it tells of: nothing happens untold. */
export const Notice = z.object({
  noticeId: NoticeId,
  practiceId: PracticeId,
  userId: UserId.optional(),
  kind: NoticeKind,
  to: z.union([z.object({ email: Email }), z.object({ phone: Phone })]),
  /** The ticket whose link or code the message carries; it is made when the message is. */
  ticketId: TicketId.optional(),
  /** The id of what it tells of, for whoever may look it up. */
  reference: BreakGlassId.optional(),
  createdAt: Instant,
  sentAt: Instant.optional(),
  /** When its delivery was given up. */
  abandonedAt: Instant.optional(),
  /** Until when one delivery has it to itself, and how many have had it. */
  leaseUntil: Instant.optional(),
  attempts: z.int().min(0).optional(),
  version: z.int().min(1),
})
export type Notice = z.infer<typeof Notice>
