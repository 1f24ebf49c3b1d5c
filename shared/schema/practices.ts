import * as z from 'zod'
import { BillingProvider, Payer } from './claims.ts'
import { PracticeSlug } from './identity.ts'
import { PracticeId } from './ids.ts'
import { text } from './people.ts'
import { Instant, Zone } from './time.ts'

/** A practice: the tenant. */
export const Practice = z.object({
  practiceId: PracticeId,
  slug: PracticeSlug,
  name: text(60),
  zone: Zone,
  billing: BillingProvider,
  payers: z.array(Payer).max(200),
  createdAt: Instant,
  updatedAt: Instant,
  version: z.int().min(1),
})
export type Practice = z.infer<typeof Practice>
