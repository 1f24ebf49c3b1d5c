import { isCsrfToken, readSessionCookie } from '../../domain/cookies.ts'
import { addressSubject, type QuotaName } from '../../domain/quotas.ts'
import { shouldSlide, standing } from '../../domain/sessionClock.ts'
import { Problem } from '../../kernel/problem.ts'
import { isSafe } from '../../kernel/route.ts'
import type { Session } from '../../schema/identity.ts'
import { alarm, faultOf } from '../observe.ts'
import { bindingOf, type HttpRequest, type RequestState, type Step } from '../request.ts'
import { endReused } from '../reuse.ts'

/**
 * Session, user and rate limit in one burst to the table. A session counts only while its idle and absolute deadlines,
 * its user's epoch and role and the user's status all say so, at this very request.
 */
export const authenticate: Step = {
  before: async request => {
    const { state } = request.internal
    const { action, gates } = state
    if (action.allow === 'anyone' || !gates.sessions) return
    const token = readSessionCookie(request.event.cookies)
    if (!token) throw new Problem('unauthenticated')

    const sessions = gates.sessions(bindingOf(state))
    // Before anything is written for it.
    if (!sessions.wellFormed(token)) throw new Problem('session-expired')
    const [found, allowance] = await Promise.all([
      sessions.find(token),
      action.limit === 'none' || action.limit === 'credential'
        ? state.allowance
        : gates.limits?.(bindingOf(state)).take(action.limit satisfies QuotaName, sessions.subject(token)),
    ])
    if (allowance) state.allowance = allowance
    if (!found) {
      // A forged cookie has a bucket of its own each time, so forgers are counted by their address.
      const forged = await gates.limits?.(bindingOf(state)).take('anonymous', addressSubject(state.address))
      throw new Problem(forged && !forged.allowed ? 'rate-limited' : 'session-expired', { retryAfter: forged?.resets })
    }

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
    state.actor = actorOf(session)
    refuseForgery(request, token)
    slide(state, session)
  },
}

const actorOf = (session: Session): RequestState['actor'] => ({
  type: 'user',
  userId: session.userId,
  practiceId: session.practiceId,
  role: session.role,
  sessionId: session.sessionId,
  aal: session.aal,
  amr: session.amr,
  patientId: session.patientId,
  practitionerId: session.practitionerId,
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
