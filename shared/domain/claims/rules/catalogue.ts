import { combinationRules } from './combinations.ts'
import { dateRules } from './dates.ts'
import { diagnosisRules } from './diagnoses.ts'
import { lineRules } from './lines.ts'
import { partyRules } from './parties.ts'
import { psychotherapyRules } from './psychotherapy.ts'
import type { Rule } from './rule.ts'
import { telehealthRules } from './telehealth.ts'

/** Every rule, in the order in which a biller reads a claim. */
export const rules: readonly Rule[] = [
  ...partyRules,
  ...diagnosisRules,
  ...dateRules,
  ...lineRules,
  ...psychotherapyRules,
  ...combinationRules,
  ...telehealthRules,
]
