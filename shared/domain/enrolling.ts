import type { Session, User } from '../schema/identity.ts'
import type { Instant } from '../schema/time.ts'
import { isFresh } from './sessionClock.ts'

/**
 * What must be shown before a factor is added. Whoever owes their first may add it with the password alone; a factor that has
 * come about since is owed too, or a stolen password would race its owner's enrolment, unless a backup code was shown because
 * that factor answers no more. All others show one anew.
 */
export function owedBeforeEnrolling(
  session: Session,
  user: User,
  now: Instant,
): 'mfa-required' | 'step-up-required' | undefined {
  if (session.next === 'mfa-setup') {
    return user.factors.length > 0 && !session.amr.includes('rc') ? 'mfa-required' : undefined
  }
  if (session.next === 'mfa-verify') return 'mfa-required'
  return isFresh(session, now) ? undefined : 'step-up-required'
}

/** Factors that can stand alone. A code by text message cannot: it is a fallback beside one of them. */
export const strongFactors = ({ factors }: User): User['factors'] => factors.filter(factor => factor !== 'sms')
