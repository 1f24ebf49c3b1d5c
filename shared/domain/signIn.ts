import { isWorkforce } from '../kernel/permissions.ts'
import type { Device, Session, User } from '../schema/identity.ts'
import type { SignInPolicy } from '../schema/practices.ts'
import type { Instant } from '../schema/time.ts'
import { carriesUntil } from './sessionClock.ts'

/** What a sign-in opens, and what is still owed after it. */
export interface Opening extends Pick<Session, 'aal' | 'amr' | 'next' | 'verifiedAt'> {
  /** Ends it before its own eight hours are over. */
  until?: Instant
}

/** What a trusted browser knows of the last second factor that was shown in it. */
export type Trust = Pick<Device, 'amr' | 'verifiedAt'>

const day = 86_400_000

/**
 * After a first factor: a right password, or another provider's word. Whoever has a second factor owes it, but for a patient
 * in a browser that they trust, and for the workforce in one that has seen it within eight hours: that session goes on where
 * the last one stopped. The workforce must have one; of a patient the practice may demand it, with days of grace.
 */
export function afterFirstFactor(
  user: User,
  amr: Session['amr'],
  { trusted, policy }: { trusted: Trust | false; policy: SignInPolicy | undefined },
  now: Instant,
): Opening {
  if (user.factors.length > 0) {
    if (trusted && !isWorkforce(user.role)) return { aal: 'aal1+device', amr, next: 'none' }
    if (trusted && now < carriesUntil(trusted.verifiedAt)) return reopened(amr, trusted)
    return { aal: 'pending', amr, next: 'mfa-verify' }
  }
  if (mustHaveFactor(user, policy, now)) return { aal: 'pending', amr, next: 'mfa-setup' }
  // Whoever has no factor has shown all that they have.
  return { aal: 'aal1', amr, next: 'none', verifiedAt: now }
}

/** Whether the practice's policy decides what this user owes after a first factor. */
export const needsPolicy = ({ role, factors }: User): boolean => !isWorkforce(role) && factors.length === 0

/** A second factor, or one that is two at once such as a passkey with user verification. */
export const afterSecondFactor = (amr: Session['amr'], now: Instant): Opening => ({
  aal: 'aal2',
  amr: [...new Set(amr)],
  next: 'none',
  verifiedAt: now,
})

/** The session of the last second factor again: its assurance, its moment, and its end (NIST SP 800-63B-4 §5.2). */
const reopened = (amr: Session['amr'], { amr: shown, verifiedAt }: Trust): Opening => ({
  ...afterSecondFactor([...amr, ...shown], verifiedAt),
  until: carriesUntil(verifiedAt),
})

/**
 * A code by text message. It signs in at aal2, but it shows nothing anew: whoever took over a phone number must not change how
 * its owner signs in (NIST SP 800-63B-4 §3.2.9, restricted authenticators).
 */
export const afterSmsCode = (amr: Session['amr']): Opening => ({ aal: 'aal2', amr: [...new Set(amr)], next: 'none' })

/** A backup code, where the authenticator answers no more: another must be bound before anything else (§4.2.2). */
export const toRebind = (amr: Session['amr']): Opening => ({
  aal: 'pending',
  amr: [...new Set(amr)],
  next: 'mfa-setup',
})

/** The password again, by whoever has no factor: the session is worth what it was, and has shown all that they have. */
export const afterPasswordAgain = ({ aal, amr, next }: Session, now: Instant): Opening => ({
  aal,
  amr: [...new Set([...amr, 'pwd' as const])],
  next,
  verifiedAt: now,
})

/** Whether nobody in this role, at this practice, signs in without a second factor any more. */
export const mustHaveFactor = (user: User, policy: SignInPolicy | undefined, now: Instant): boolean =>
  isWorkforce(user.role) || graceIsOver(user, policy, now)

/** A practice's policy as somebody sets it: since when it is demanded is not theirs to say, nor moved by saying it again. */
export function revisedPolicy(
  before: SignInPolicy,
  { patientMfa, graceDays }: Pick<SignInPolicy, 'patientMfa' | 'graceDays'>,
  now: Instant,
): SignInPolicy {
  if (patientMfa === 'offered') return { patientMfa, graceDays }
  return { patientMfa, graceDays, requiredSince: before.requiredSince ?? now }
}

/** Until when a patient may sign in without a second factor that the practice demands. */
export function graceEnds(user: User, policy: SignInPolicy | undefined): Instant | undefined {
  if (policy?.patientMfa !== 'required') return undefined
  const since = [user.createdAt, policy.requiredSince ?? user.createdAt].sort().at(-1) as Instant
  return new Date(Date.parse(since) + policy.graceDays * day).toJSON()
}

function graceIsOver(user: User, policy: SignInPolicy | undefined, now: Instant): boolean {
  const ends = graceEnds(user, policy)
  return ends !== undefined && now >= ends
}
