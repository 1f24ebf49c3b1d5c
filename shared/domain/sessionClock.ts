import type { Session, User } from '../schema/identity.ts'
import type { Instant } from '../schema/time.ts'

const minute = 60_000

/** 15 minutes without activity end a session, and 8 hours end it whatever happens (45 CFR 164.312(a)(2)(iii)). */
const idleMs = 15 * minute
const absoluteMs = 8 * 60 * minute

/** A half-done sign-in gets ten minutes for its second factor. */
const pendingMs = 10 * minute

/** How long before the idle deadline a client should warn its user: at 13 minutes. */
const warnMs = 2 * minute

/** A replaced token goes on for so long, for tabs that had not heard. */
export const graceMs = 30_000

/** The stored deadline moves at most this often: a write per click would cost more than the half minute is worth. */
const slideEveryMs = 30_000

/** How long a second factor that was shown counts as fresh: long enough to fill in a form. */
const freshMs = 5 * minute

/** Whether the session's user has shown a factor just now. */
export const isFresh = ({ verifiedAt }: Session, now: Instant): boolean =>
  verifiedAt !== undefined && Date.parse(now) - Date.parse(verifiedAt) <= freshMs

/**
 * The deadlines of a token made now. One that replaces another keeps its absolute deadline: a refresh never adds to 8 h. One
 * that goes on from an earlier second factor ends when that one's 8 h do.
 */
export function openingDeadlines(now: Instant, aal: Session['aal'], since: Session | undefined, until?: Instant) {
  const whole = after(now, aal === 'pending' ? pendingMs : absoluteMs)
  const absoluteExpiresAt = since?.absoluteExpiresAt ?? (until ? earlier(whole, until) : whole)
  return { absoluteExpiresAt, idleExpiresAt: idleDeadline(now, absoluteExpiresAt) }
}

/** Until when a second factor that was shown then carries a session. */
export const carriesUntil = (verifiedAt: Instant): Instant => after(verifiedAt, absoluteMs)

/** When a session was last used, within the half minute of its sliding; in its last 15 minutes no more than their beginning. */
export function lastUse({ signedInAt, idleExpiresAt }: Session): Instant {
  const used = after(idleExpiresAt, -idleMs)
  return used > signedInAt ? used : signedInAt
}

export const idleDeadline = (now: Instant, absoluteExpiresAt: Instant): Instant =>
  earlier(after(now, idleMs), absoluteExpiresAt)

/** True when a request should move the stored deadline on. */
export const shouldSlide = (session: Session, now: Instant): boolean =>
  !session.graceUntil &&
  session.idleExpiresAt < session.absoluteExpiresAt &&
  Date.parse(idleDeadline(now, session.absoluteExpiresAt)) - Date.parse(session.idleExpiresAt) >= slideEveryMs

/** Whether a sign-in goes on: for its user, in the same role and epoch, and within its eight hours. */
export const goesOn = (session: Session, user: User, now: Instant): boolean =>
  user.status === 'active' &&
  session.epoch === user.sessionEpoch &&
  session.role === user.role &&
  now < session.absoluteExpiresAt

/** How a session stands at a moment. Deadlines are compared here and not left to TTL, which may be days late. */
export function standing(session: Session, user: User, now: Instant): 'alive' | 'over' | 'reused' {
  if (!goesOn(session, user, now)) return 'over'
  // Before the idle deadline is looked at: a stolen token tells of itself however late it comes back.
  if (session.graceUntil && now >= session.graceUntil) return 'reused'
  return now >= session.idleExpiresAt ? 'over' : 'alive'
}

/** What a client's clock needs to know. */
export function deadlines(session: Session, now: Instant, slides: boolean) {
  const idleExpiresAt =
    slides && shouldSlide(session, now) ? idleDeadline(now, session.absoluteExpiresAt) : session.idleExpiresAt
  return {
    idleExpiresAt,
    absoluteExpiresAt: session.absoluteExpiresAt,
    warnAt: after(idleExpiresAt, -warnMs),
  }
}

const after = (instant: Instant, ms: number): Instant => new Date(Date.parse(instant) + ms).toJSON()
const earlier = (a: Instant, b: Instant): Instant => (a < b ? a : b)
