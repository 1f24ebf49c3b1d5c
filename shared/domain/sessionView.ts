import type { Session, SessionView } from '../schema/identity.ts'
import type { Instant } from '../schema/time.ts'
import { csrfToken } from './cookies.ts'
import { deadlines } from './sessionClock.ts'

/** A session as its own user sees it: no hash, no epoch. */
export function viewOf({ session, token }: { session: Session; token: string }, now: Instant): SessionView {
  const { sessionId, userId, practiceId, role, patientId, practitionerId, aal, amr, next } = session
  return {
    sessionId,
    userId,
    practiceId,
    role,
    patientId,
    practitionerId,
    aal,
    amr,
    next,
    ...deadlines(session, now, false),
    csrf: csrfToken(token),
  }
}
