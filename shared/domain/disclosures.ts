import { Temporal } from 'temporal-polyfill'
import type { LegalBasis } from '../schema/disclosures.ts'
import type { Instant, LocalDate } from '../schema/time.ts'

/** What the accounting leaves out: treatment, payment, operations, and what the patient themselves authorised (45 CFR 164.528(a)(1)). */
const leftOut: readonly LegalBasis[] = ['treatment', 'payment', 'operations', 'authorization']

export const isAccountable = (basis: LegalBasis): boolean => !leftOut.includes(basis)

/** Six years (45 CFR 164.528(a)(1)); of what a patient consented to under 42 CFR part 2, three (42 CFR 2.25(a)). */
export const retainUntil = (basis: LegalBasis, disclosedAt: Instant): LocalDate =>
  Temporal.PlainDate.from(disclosedAt.slice(0, 10))
    .add({ years: basis === 'part2-consent' ? 3 : 6 })
    .toString()
