import * as z from 'zod'
import type { Binding } from '../kernel/port.ts'
import type { CaptchaChallenge, CaptchaPurpose } from '../schema/limits.ts'
import { altchaChallenge, altchaSolution } from './captcha/altcha.ts'
import { isVerified } from './captcha/siteverify.ts'
import { secret } from './secrets.ts'

/**
 * Which CAPTCHA there is, and its key: the secret says so, so that another is a change of the secret and no deploy. It is
 * known everywhere five minutes later, as every secret is.
 */
const Settings = z.discriminatedUnion('provider', [
  z.object({
    provider: z.literal('altcha'),
    key: z.string().min(32),
    /** A solver tries half of these hashes: 100,000 are a third of a second of a telephone's time. */
    maxNumber: z.int().min(1_000).max(10_000_000).default(100_000),
  }),
  z.object({
    provider: z.enum(['turnstile', 'hcaptcha']),
    siteKey: z.string().min(1),
    secretKey: z.string().min(1),
    /** In the place of the provider's own address, for what stands in for it. */
    url: z.url().optional(),
  }),
])
export type Settings = z.infer<typeof Settings>
export type Provider = Extract<Settings, { secretKey: string }>

const settings = async (): Promise<Settings> => Settings.parse(JSON.parse(await secret('captcha')))

/** What tells people from scripts, or at least makes scripts pay: ALTCHA's proof of work, Turnstile or hCaptcha. */
export const captcha = ({ now, signal }: Pick<Binding, 'now' | 'signal'>) => ({
  /** A challenge for one purpose at one account; of a provider only what its widget needs. */
  async challenge(purpose: CaptchaPurpose, account: string): Promise<CaptchaChallenge> {
    const set = await settings()
    return set.provider === 'altcha'
      ? altchaChallenge(set, { purpose, account, now })
      : { provider: set.provider, siteKey: set.siteKey }
  },

  /** The id of a solution that is right, in time, and for this purpose and account. Whether it was used is the caller's to ask. */
  async check(solution: string, purpose: CaptchaPurpose, account: string): Promise<string | undefined> {
    const set = await settings()
    return set.provider === 'altcha'
      ? altchaSolution(set, solution, { purpose, account, now })
      : isVerified(set, solution, { purpose, account, signal })
  },
})
