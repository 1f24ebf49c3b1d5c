import { createHash } from 'node:crypto'

/**
 * An account as the gate knows it, whether it exists or not. It is what the login's own key is made of, so that a notice can
 * find its user; the e-mail stands in it as a hash only.
 */
export const accountOf = (slug: string, email: string): string =>
  `${slug}#${createHash('sha256').update(email).digest('base64url')}`

/** From so many failures on an attempt needs a CAPTCHA: a person mistypes twice, and a script never once solves it for free. */
export const captchaFrom = 3

/** From so many failures on the next attempt must wait, twice as long each time. */
export const delayFrom = 5

/** A quarter of an hour: longer would lock out its owner rather than slow down a guesser. */
const longestDelayMs = 900_000

/** Until so many milliseconds after the last attempt no other is let in: 2, 4, 8 … 512, 900 seconds. */
export const delayMs = (failures: number): number =>
  failures < delayFrom ? 0 : Math.min(2 ** (failures - delayFrom + 1) * 1000, longestDelayMs)

/** The number of failures from which the delay grows no more. */
export const longestFrom = delayFrom + Math.ceil(Math.log2(longestDelayMs / 1000)) - 1

/** Of the attempts with a right CAPTCHA the first four in a quarter of an hour are let through the delay. */
export const passes = { most: 4, windowMs: 900_000 }
