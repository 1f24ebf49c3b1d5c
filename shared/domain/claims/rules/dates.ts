import type { Claim } from '../../../schema/claims.ts'
import { at, complain, daysBetween, linesOf, type Rule } from './rule.ts'

/** Dates of service against today, the patient's birth, the coverage and the payer's patience. */
export const dateRules: readonly Rule[] = [
  {
    id: 'future-service',
    snip: 2,
    severity: 'error',
    check: (claim, today) => complain(linesOf(claim), 'date', 'is in the future', ({ date }) => date > today),
  },
  {
    id: 'service-before-birth',
    snip: 4,
    severity: 'error',
    check: claim =>
      complain(linesOf(claim), 'date', 'is before the patient was born', ({ date }) => date < claim.patient.birthDate),
  },
  {
    id: 'coverage-active',
    snip: 7,
    severity: 'error',
    check: claim =>
      complain(
        linesOf(claim),
        'date',
        'is outside the time for which the coverage is active',
        ({ date }) => date < claim.coverageStart || (claim.coverageEnd !== undefined && date > claim.coverageEnd),
      ),
  },
  {
    id: 'timely-filing',
    snip: 7,
    severity: 'error',
    check: (claim, today) =>
      complain(
        timed(claim),
        'date',
        `is more than ${filingDays(claim)} days ago, which is the payer's limit`,
        ({ date }) => daysBetween(date, today) > filingDays(claim),
      ),
  },
  {
    id: 'timely-filing-near',
    snip: 7,
    severity: 'warning',
    check: (claim, today) =>
      timed(claim).flatMap(line => {
        const left = filingDays(claim) - daysBetween(line.date, today)
        if (left < 0 || left > warningDays) return []
        return [{ path: at(line, 'date'), message: `must reach the payer within ${left} days` }]
      }),
  },
]

const warningDays = 14

/** A replacement's or void's time runs from the payer's decision, which is not on the claim. */
const timed = (claim: Claim) => (claim.frequency === '1' ? linesOf(claim) : [])

/** Medicare takes no claim later than one calendar year (42 CFR 424.44), whatever was set for the payer. */
function filingDays({ payer }: Claim): number {
  const medicare = payer.filing === 'MA' || payer.filing === 'MB'
  return medicare ? Math.min(payer.timelyFilingDays, 365) : payer.timelyFilingDays
}
