import { isWorkforce } from '../../kernel/permissions.ts'
import type { User } from '../../schema/identity.ts'
import type { SignInPolicy } from '../../schema/practices.ts'
import type { Instant } from '../../schema/time.ts'
import { graceEnds } from '../signIn.ts'

/**
 * Whether somebody who must have a second factor would lose their last by losing a passkey. A code by text message does not
 * count: it is a fallback beside another.
 */
export function isLastFactor(user: User, policy: SignInPolicy, now: Instant): boolean {
  const { role, factors, passkeys = 0 } = user
  const ends = graceEnds(user, policy)
  const mustHaveOne = isWorkforce(role) || (ends !== undefined && now >= ends)
  return mustHaveOne && passkeys <= 1 && !factors.includes('totp')
}
