import { isWorkforce } from '../kernel/permissions.ts'
import type { Session, User } from '../schema/identity.ts'
import type { SignInPolicy } from '../schema/practices.ts'
import type { Instant } from '../schema/time.ts'

/** What a sign-in opens, and what is still owed after it. */
export type Opening = Pick<Session, 'aal' | 'amr' | 'next' | 'verifiedAt'>

const day = 86_400_000

/**
 * After a first factor: a right password, or another provider's word. Whoever has a second factor owes it, but for a patient
 * in a browser that they trust; the workforce must have one; of a patient the practice may demand it, with days of grace.
 */
export function afterFirstFactor(
  user: User,
  amr: Session['amr'],
  { trusted, policy }: { trusted: boolean; policy: SignInPolicy | undefined },
  now: Instant,
): Opening {
  if (user.factors.length > 0) {
    if (trusted && !isWorkforce(user.role)) return { aal: 'aal1+device', amr, next: 'none' }
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
