import * as z from 'zod'
import { BillingProvider, Payer } from './claims.ts'
import { PracticeSlug } from './identity.ts'
import { PracticeId } from './ids.ts'
import { text } from './people.ts'
import { Instant, Zone } from './time.ts'

/** What a practice demands of how its people sign in. Of its workforce a second factor is demanded whatever it says. */
export const SignInPolicy = z.strictObject({
  /** Whether patients must have a second factor too. */
  patientMfa: z.enum(['offered', 'required']),
  /** Days after its demand, or after registration, in which a patient may still sign in without one. */
  graceDays: z.int().min(0).max(90),
  /** Since when it is demanded. */
  requiredSince: Instant.optional(),
})
export type SignInPolicy = z.infer<typeof SignInPolicy>

/** A practice: the tenant. */
export const Practice = z.object({
  practiceId: PracticeId,
  slug: PracticeSlug,
  name: text(60),
  zone: Zone,
  billing: BillingProvider,
  payers: z.array(Payer).max(200),
  signIn: SignInPolicy,
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int().min(1),
})
export type Practice = z.infer<typeof Practice>
