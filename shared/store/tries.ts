import type { Binding } from '../kernel/port.ts'
import type { Write } from '../kernel/write.ts'
import type { Session } from '../schema/identity.ts'
import { limits } from './limits.ts'

/**
 * Tries at a second factor (NIST SP 800-63B-4 §3.2.2). Those of a challenge are counted where its sign-in began, so that no
 * midnight gives it five more.
 */
export const tries = (binding: Pick<Binding, 'now' | 'signal'>) => {
  const inDay = limits(binding)
  const inChallenge = ({ signedInAt }: Session) => limits({ ...binding, now: signedInAt })

  return {
    /** Counts one before anything is looked at. What a refused one took from the day is given back. */
    async count(session: Session): Promise<boolean> {
      const [challenge, day] = await Promise.all([
        inChallenge(session).take('mfa-challenge', session.sessionId),
        inDay.take('mfa-day', session.userId),
      ])
      if (!challenge.allowed) await inDay.undo('mfa-day', session.userId)
      return challenge.allowed && day.allowed
    },

    /** A right one was no guess: it counts against nobody. */
    forgive: (session: Session): Write<'conflict'>[] => [
      inChallenge(session).giveBack('mfa-challenge', session.sessionId),
      inDay.giveBack('mfa-day', session.userId),
    ],
  }
}
