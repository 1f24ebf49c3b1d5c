import * as z from 'zod'
import { PracticeId } from './ids.ts'
import { Instant } from './time.ts'

/** Between these a practice may set a class: never so low that nobody works, never so high that nothing is limited. */
export const quotaBounds = {
  read: { floor: 120, ceiling: 3_000 },
  write: { floor: 60, ceiling: 1_200 },
  bulk: { floor: 5, ceiling: 120 },
  'api-key': { floor: 60, ceiling: 6_000 },
}

const within = ({ floor, ceiling }: { floor: number; ceiling: number }) => z.int().min(floor).max(ceiling)

/** What a practice may set, in requests a minute. */
export const QuotaValues = z.strictObject({
  read: within(quotaBounds.read),
  write: within(quotaBounds.write),
  bulk: within(quotaBounds.bulk),
  'api-key': within(quotaBounds['api-key']),
})

const Bounds = z.strictObject({ default: z.int(), floor: z.int(), ceiling: z.int() })
const Fixed = z.strictObject({ quota: z.int(), window: z.int() })

export const QuotaView = z
  .strictObject({
    quotas: QuotaValues,
    /** Zero while the defaults hold. */
    version: z.int().min(0),
    /** What the code does by itself, and what it allows. */
    bounds: z.strictObject({ read: Bounds, write: Bounds, bulk: Bounds, 'api-key': Bounds }),
    /** Of every address, the same for all practices: requests in so many seconds. */
    fixed: z.strictObject({ credential: Fixed, anonymous: Fixed }),
  })
  .meta({ id: 'Quotas' })
export type QuotaView = z.infer<typeof QuotaView>

/** The quotas that a practice has set, in requests a minute. The code's own bounds stand above them. */
export const Quotas = z.object({
  practiceId: PracticeId,
  read: z.int().min(1),
  write: z.int().min(1),
  bulk: z.int().min(1),
  'api-key': z.int().min(1),
  updatedAt: Instant,
  version: z.int().min(1),
})
export type Quotas = z.infer<typeof Quotas>

/** Somebody who was limited: by which rule, and when. Who it was stands there as the beginning of a hash only. */
export const Limited = z.object({
  class: z.string(),
  kind: z.enum(['address', 'user', 'api-key', 'account']),
  subject: z.string(),
  /** Requests that were counted when the limit was crossed, and in how many seconds. */
  count: z.int().min(1),
  window: z.int().min(1),
  at: Instant,
})
export type Limited = z.infer<typeof Limited>

/** What a CAPTCHA is solved for. */
export const CaptchaPurpose = z.enum(['login', 'reset'])
export type CaptchaPurpose = z.infer<typeof CaptchaPurpose>

/** A solution as the page sends it: ALTCHA's payload, or a provider's token. */
export const CaptchaSolution = z.string().regex(/^[\w+/=.-]{20,4096}$/, 'must be the solution of a CAPTCHA')

/** What a page needs to have a CAPTCHA solved: ALTCHA's challenge, or a provider's site key. */
export const CaptchaChallenge = z
  .discriminatedUnion('provider', [
    z.strictObject({
      provider: z.literal('altcha'),
      algorithm: z.literal('SHA-256'),
      challenge: z.string(),
      maxnumber: z.int(),
      salt: z.string(),
      signature: z.string(),
    }),
    z.strictObject({ provider: z.enum(['turnstile', 'hcaptcha']), siteKey: z.string() }),
  ])
  .meta({ id: 'CaptchaChallenge' })
export type CaptchaChallenge = z.infer<typeof CaptchaChallenge>
