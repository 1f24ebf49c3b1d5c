import { verifySync } from 'otplib'
import type { Binding } from '../kernel/port.ts'

/** Clocks of phones may be behind by 30 s and ahead by 5 (RFC 6238 §5.2). */
const tolerance: [number, number] = [30, 5]

/**
 * Time-based one-time passwords (RFC 6238) as every app makes them, and not otherwise: HMAC-SHA-1, six digits, steps of 30 s
 * from the epoch. A URI that says anything else is read wrongly by half of the apps.
 */
export const totp = ({ now }: Pick<Binding, 'now'>) => ({
  /** The time step of a right code; nothing for a wrong one. */
  step(seed: string, code: string): number | undefined {
    const epoch = Math.floor(Date.parse(now) / 1000)
    const result = verifySync({ secret: seed, token: code, epochTolerance: tolerance, epoch })
    return result.valid ? Math.floor(epoch / 30) + result.delta : undefined
  },
})
