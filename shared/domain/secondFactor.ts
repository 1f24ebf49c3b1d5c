import type { Write } from '../kernel/write.ts'
import type { Session, TotpFactor, User } from '../schema/identity.ts'
import type { UserId } from '../schema/ids.ts'
import { backupHash } from './backupCodes.ts'

/** Consecutive wrong codes after which an authenticator answers no more and must be bound anew (NIST SP 800-63B-4 §3.2.2). */
export const mostFailures = 100

export const isBlocked = ({ failures }: { failures: number }): boolean => failures >= mostFailures

/** What the check of a code asks of the outside. */
interface Means {
  attempts: { count: (session: Session) => Promise<boolean>; forgive: (session: Session) => Write<'conflict'>[] }
  factors: {
    reserve: (userId: UserId, status: 'active') => Promise<TotpFactor | undefined>
    unreserve: (userId: UserId, status: 'active') => Promise<void>
    of: (userId: UserId) => Promise<{ totp?: TotpFactor | undefined; codeHashes: string[] }>
    accept: (factor: TotpFactor, step: number) => Write<'code-refused'>
    redeem: (userId: UserId, codeHash: string) => Write<'code-refused'>
    forgive: (factor: TotpFactor) => Write<'conflict'>
  }
  seedOpener: { open: (userId: UserId, seed: string) => Promise<string> }
  totp: { step: (seed: string, code: string) => number | undefined }
}

type Refusal = 'too-many-attempts' | 'mfa-not-set-up' | 'code-refused'

/** A right code, and the writes that use it up: they belong into the transaction of what it allows. */
export interface Shown {
  amr: 'otp' | 'rc'
  writes: Write<'code-refused' | 'conflict'>[]
  /** It was a backup code, and the authenticator it stands in for answers no more. */
  rebind: boolean
}

/**
 * Checks a code of the app or a backup code. The attempt is counted before the code is looked at, so that parallel guesses are
 * all counted; what was counted for a code that another limit refused is taken back.
 */
export async function showCode(
  code: string,
  { session, user }: { session: Session; user: User },
  means: Means,
): Promise<Shown | Refusal> {
  return code.length === 6 ? showAppCode(code, session, means) : showBackupCode(code, session, user, means)
}

async function showAppCode(
  code: string,
  session: Session,
  { attempts, factors, seedOpener, totp }: Means,
): Promise<Shown | Refusal> {
  const { userId } = session
  const [allowed, factor] = await Promise.all([attempts.count(session), factors.reserve(userId, 'active')])
  if (!allowed) {
    if (factor) await factors.unreserve(userId, 'active')
    return 'too-many-attempts'
  }
  if (!factor) return 'mfa-not-set-up'
  const step = totp.step(await seedOpener.open(userId, factor.seed), code)
  if (step === undefined) return 'code-refused'
  return { amr: 'otp', writes: [factors.accept(factor, step), ...attempts.forgive(session)], rebind: false }
}

/** With 125 bits a backup code is no guess of anybody's, so it counts against no authenticator, and a blocked one stays so. */
async function showBackupCode(
  code: string,
  session: Session,
  user: User,
  { attempts, factors }: Means,
): Promise<Shown | Refusal> {
  const { userId } = session
  const [allowed, { totp, codeHashes }] = await Promise.all([attempts.count(session), factors.of(userId)])
  if (!allowed) return 'too-many-attempts'
  const codeHash = backupHash(code)
  if (!codeHashes.includes(codeHash)) return 'code-refused'
  const answers = totp && !isBlocked(totp)
  return {
    amr: 'rc',
    writes: [
      factors.redeem(userId, codeHash),
      ...(answers ? [factors.forgive(totp)] : []),
      ...attempts.forgive(session),
    ],
    rebind: user.factors.includes('totp') && !answers,
  }
}
