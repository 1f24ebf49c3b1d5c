import type { CodeSent, SmsChallenge, SmsFactor } from '../schema/identity.ts'
import type { SessionId, TicketId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'

/**
 * Texts that may be sent in a day (UTC): to one number, whoever asks; for one user, to whatever number; for one practice. Whoever
 * earns by texts to a number (SMS pumping) finds all three in the way.
 */
export const textCaps = { number: 10, user: 10, practice: 500 } as const
export type TextCap = keyof typeof textCaps

/** Between two texts of one user: a code gets the time to arrive before another makes it worthless. */
const pauseMs = 60_000

/** A code works for so long (NIST SP 800-63B-4 §3.1.3.2: at most ten minutes). */
const lifeMs = 600_000

/** What every user is told before codes are sent to their phone (NIST SP 800-63B-4 §3.2.9). */
export const smsRisk =
  'Codes by text message are weaker than an app or a passkey: whoever takes over your phone number gets them too. They sign you ' +
  'in where nothing else is at hand, and change nothing of how you sign in.'

export const newChallenge = (ticketId: TicketId, sessionId: SessionId, now: Instant): SmsChallenge => ({
  ticketId,
  sessionId,
  expiresAt: after(now, lifeMs),
})

/** No text was sent to this user since then, or the next must wait. */
export const pausedSince = (now: Instant): Instant => after(now, -pauseMs)

/** Seconds until another text may be sent. */
export const pauseLeft = (sentAt: Instant | undefined, now: Instant): number =>
  sentAt ? Math.max(1, Math.ceil((Date.parse(after(sentAt, pauseMs)) - Date.parse(now)) / 1000)) : 60

/** What the client is told of a code that was sent: of the phone only how it ends. */
export const sentView = (phone: string, { expiresAt }: SmsChallenge, now: Instant): CodeSent => ({
  phoneEnding: phone.slice(-2),
  expiresAt,
  nextAt: after(now, pauseMs),
})

/** The challenge that a code may answer: one of this very session that has not expired. */
export const openChallenge = (
  { challenge }: SmsFactor,
  sessionId: SessionId,
  now: Instant,
): SmsChallenge | undefined => (challenge?.sessionId === sessionId && now < challenge.expiresAt ? challenge : undefined)

const after = (instant: Instant, ms: number): Instant => new Date(Date.parse(instant) + ms).toJSON()
