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
  if (isWorkforce(user.role) || graceIsOver(user, policy, now)) return { aal: 'pending', amr, next: 'mfa-setup' }
  // Whoever has no factor has shown all that they have.
  return { aal: 'aal1', amr, next: 'none', verifiedAt: now }
}

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
