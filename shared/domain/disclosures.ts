import type { LegalBasis } from '../schema/disclosures.ts'
import type { Instant, LocalDate } from '../schema/time.ts'

/** What the accounting leaves out: treatment, payment, operations, and what the patient themselves authorised (45 CFR 164.528(a)(1)). */
const leftOut: readonly LegalBasis[] = ['treatment', 'payment', 'operations', 'authorization']

export const isAccountable = (basis: LegalBasis): boolean => !leftOut.includes(basis)

/** Six years (45 CFR 164.528(a)(1)); of what a patient consented to under 42 CFR part 2, three (42 CFR 2.25(a)). */
export const retainUntil = (basis: LegalBasis, disclosedAt: Instant): LocalDate => {
  const year = Number(disclosedAt.slice(0, 4)) + (basis === 'part2-consent' ? 3 : 6)
  const day = disclosedAt.slice(4, 10)
  // Neither three nor six years after a leap year is one.
  return `${String(year).padStart(4, '0')}${day === '-02-29' ? '-02-28' : day}`
}
