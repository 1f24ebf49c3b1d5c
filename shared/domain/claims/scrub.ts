import type { Claim, Finding } from '../../schema/claims.ts'
import type { LocalDate } from '../../schema/time.ts'
import { refusals } from './rules/carriage.ts'
import { rules } from './rules/catalogue.ts'
import type { Rule } from './rules/rule.ts'

/**
 * What is wrong with a claim before a payer sees it, each finding at the field to correct. `today` is the practice's own
 * date. An `error` should stop a submission: the payer would refuse or deny it; a `warning` is for a person to weigh.
 * Rules see one claim: what another claim of the same day holds is not theirs to know.
 */
export function scrub(claim: Claim, today: LocalDate): Finding[] {
  const findings = rules.flatMap(rule => judge(rule, claim, today))
  // A rule of its own explains better than the writer's refusal of the same field.
  const explained = new Set(findings.map(({ path }) => path))
  return [...findings, ...refusals(claim).filter(({ path }) => !explained.has(path))]
}

function judge(rule: Rule, claim: Claim, today: LocalDate): Finding[] {
  const override = rule.payers?.find(({ filing }) => filing.includes(claim.payer.filing))
  const severity = override?.severity ?? rule.severity
  if (severity === 'off') return []
  return rule.check(claim, today).map(({ path, message }) => ({ rule: rule.id, severity, path, message }))
}
