import { isWorkforce } from '../kernel/permissions.ts'
import type { Role, Session, SignInView, User } from '../schema/identity.ts'
import type { SessionId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import { describeClient } from './client.ts'
import { lastUse, standing } from './sessionClock.ts'

/**
 * How many sign-ins one user can have at a time. The workforce works at a desk, a tablet and a telephone; a patient's family
 * may share an account over more machines, and their sessions reach one record only.
 */
const mostSignIns = (role: Role): number => (isWorkforce(role) ? 5 : 10)

/** A sign-in that goes on: all its tokens, latest first, and the one by which it does. */
export interface SignIn {
  sessionId: SessionId
  latest: Session
  tokens: Session[]
}

/** The sign-ins of a user's tokens, oldest first. An id begins with its time, so their order is that of the sign-ins. */
export function signInsOf(tokens: readonly Session[], user: User, now: Instant): SignIn[] {
  const families = Map.groupBy(tokens.toSorted(latestFirst), ({ sessionId }) => sessionId)
  return [...families]
    .flatMap(([sessionId, family]) => {
      const latest = family.find(token => standing(token, user, now) === 'alive')
      return latest ? [{ sessionId, latest, tokens: family }] : []
    })
    .sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1))
}

/**
 * The oldest sign-ins above what a user can have. Only those that are complete count: whoever knows no more than a password
 * must not push anybody out. The newest are the same in whatever order this is asked, so parallel sign-ins lose no more.
 */
export function surplusOf(signIns: readonly SignIn[], role: Role): SignIn[] {
  const complete = signIns.filter(({ latest }) => latest.next === 'none')
  return complete.slice(0, Math.max(0, complete.length - mostSignIns(role)))
}

/** A sign-in as its user sees it: no hash, and the client's own words only as far as they are understood. */
export const signInView = ({ sessionId, latest }: SignIn, current: SessionId | undefined): SignInView => ({
  sessionId,
  signedInAt: latest.signedInAt,
  lastUsedAt: lastUse(latest),
  client: describeClient(latest.source.client),
  address: latest.source.address,
  aal: latest.aal,
  current: sessionId === current,
})

/** A token that was replaced comes after what replaced it. */
export function latestFirst({ graceUntil: a }: Session, { graceUntil: b }: Session): number {
  if (a === b) return 0
  return b === undefined || (a !== undefined && a < b) ? 1 : -1
}
