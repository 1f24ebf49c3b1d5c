import { openLeases } from '../../domain/breakGlass.ts'
import { hasSessionCookie, isCsrfToken, readSessionCookie } from '../../domain/cookies.ts'
import { shouldSlide, standing } from '../../domain/sessionClock.ts'
import { Problem } from '../../kernel/problem.ts'
import { isSafe } from '../../kernel/route.ts'
import type { Session, User } from '../../schema/identity.ts'
import type { Instant } from '../../schema/time.ts'
import { alarm, faultOf } from '../observe.ts'
import { bindingOf, type HttpRequest, type RequestState, type Step } from '../request.ts'
import { endReused } from '../reuse.ts'
import { authenticateBearer, bearerOf } from './bearer.ts'
import { refuseForged } from './forged.ts'

/**
 * Session, user and rate limit in one burst to the table. A session counts only while its idle and absolute deadlines,
 * its user's epoch and role and the user's status all say so, at this very request.
 */
export const authenticate: Step = {
  before: async request => {
    const { state } = request.internal
    const { action, gates } = state
    if (action.allow === 'anyone' || !gates.sessions) return
    const bearer = bearerOf(request.event.headers.authorization)
    // One of them might not be the caller's own (RFC 6750 §2).
    if (bearer !== undefined && hasSessionCookie(state.sent)) throw new Problem('malformed-request')
    if (bearer !== undefined && gates.bearers) return authenticateBearer(state, gates.bearers, bearer)
    const token = readSessionCookie(state.sent)
    if (!token) throw new Problem('unauthenticated')

    const sessions = gates.sessions(bindingOf(state))
    // Before anything is written for it.
    const named = sessions.subject(token)
    if (!named) throw new Problem('session-expired')
    const limits = gates.limits?.(bindingOf(state))
    const name = action.limit === 'none' || action.limit === 'credential' ? undefined : action.limit
    const [found, allowance] = await Promise.all([
      sessions.find(token),
      name ? limits?.take(name, named.userId, named.practiceId) : state.allowance,
    ])
    if (!found) return refuseForged(state, 'session-expired', name && { name, subject: named.userId })
    if (allowance) state.allowance = allowance

    const { session, user } = found
    const { practiceId, userId, sessionId } = session
    state.facts = { ...state.facts, practiceId, userId, sessionId }
    const stands = standing(session, user, state.now)
    if (stands === 'reused') {
      await endReused(state, session, user)
      throw new Problem('session-reused')
    }
    if (stands !== 'alive') throw new Problem('session-expired')

    state.session = session
    state.user = user
    state.token = token
    state.actor = actorOf(session, user, state.now)
    refuseForgery(request, token)
    slide(state, session)
  },
}

const actorOf = (session: Session, { leases }: User, now: Instant): RequestState['actor'] => ({
  type: 'user',
  userId: session.userId,
  practiceId: session.practiceId,
  role: session.role,
  sessionId: session.sessionId,
  aal: session.aal,
  amr: session.amr,
  patientId: session.patientId,
  practitionerId: session.practitionerId,
  leases: openLeases(leases, now),
})

/**
 * An unsafe request must come from our own page: the browser says so (`Sec-Fetch-Site`, or an `Origin` that is this host),
 * and the page shows a value that no other page can know.
 */
function refuseForgery({ event }: HttpRequest, token: string): void {
  const { headers, requestContext } = event
  if (isSafe(requestContext.http.method)) return
  const site = headers['sec-fetch-site']
  const ours = site ? site === 'same-origin' : !headers.origin || sameHost(headers.origin, headers.host)
  if (!ours || !isCsrfToken(headers['x-csrf'], token)) throw new Problem('csrf-refused')
}

function sameHost(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host
}

/** Moves the idle deadline on beside the action's own work. The answer waits for it, so an acknowledged deadline is stored. */
function slide(state: RequestState, session: Session): void {
  if (state.action.idle !== 'slides' || !shouldSlide(session, state.now)) return
  state.sliding = state.gates
    .sessions?.(bindingOf(state))
    .slide(session)
    .then(
      () => true,
      error => {
        alarm('session not extended', { requestId: state.requestId, fault: faultOf(error) })
        return false
      },
    )
}
