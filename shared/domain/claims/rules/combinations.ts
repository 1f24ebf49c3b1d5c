import {
  crisis,
  diagnosticEvaluation,
  family,
  group,
  interactiveComplexity,
  isEvaluationAndManagement,
  pharmacologicManagement,
  psychotherapy,
  psychotherapyAddOn,
} from './procedures.ts'
import { complain, linesOf, type PlacedLine, type Rule, sameDay } from './rule.ts'

/** Which codes need another on the same day, and which exclude it. */
export const combinationRules: readonly Rule[] = [
  needs('psychotherapy-add-on-needs-visit', psychotherapyAddOn, 'needs an evaluation and management code', line =>
    isEvaluationAndManagement(line.procedure),
  ),
  excludes('psychotherapy-add-on-alone', psychotherapyAddOn, 'cannot stand with 90832, 90834 or 90837', psychotherapy),
  excludes(
    'evaluation-without-psychotherapy',
    diagnosticEvaluation,
    'cannot stand with psychotherapy or crisis codes',
    new Set([...psychotherapy, ...psychotherapyAddOn, ...crisis]),
  ),
  needs(
    'interactive-complexity-needs-service',
    new Set([interactiveComplexity]),
    'needs 90791, 90792, 90832 to 90838 or 90853',
    among(new Set([...diagnosticEvaluation, ...psychotherapy, ...psychotherapyAddOn, group])),
  ),
  excludes(
    'interactive-complexity-excluded',
    new Set([interactiveComplexity]),
    'cannot stand with 90839, 90840, 90846 or 90847',
    new Set([...crisis, ...family]),
  ),
  needs('crisis-add-on-needs-crisis', new Set(['90840']), 'needs 90839', among(new Set(['90839']))),
  {
    id: 'crisis-once-a-day',
    snip: 6,
    severity: 'error',
    check: claim =>
      complain(linesOf(claim, new Set(['90839'])), 'procedure', 'can be billed once a day', line =>
        sameDay(claim, line).some(other => other.procedure === '90839' && other.index < line.index),
      ),
  },
  needs(
    'pharmacologic-management-needs-psychotherapy',
    new Set([pharmacologicManagement]),
    'needs 90832, 90834 or 90837',
    among(psychotherapy),
  ),
]

function needs(id: string, codes: ReadonlySet<string>, message: string, fits: (other: PlacedLine) => boolean): Rule {
  return {
    id,
    snip: 6,
    severity: 'error',
    check: claim =>
      complain(
        linesOf(claim, codes),
        'procedure',
        `${message} on the same day`,
        line => !sameDay(claim, line).some(fits),
      ),
  }
}

function excludes(id: string, codes: ReadonlySet<string>, message: string, others: ReadonlySet<string>): Rule {
  return {
    id,
    snip: 6,
    severity: 'error',
    check: claim =>
      complain(linesOf(claim, codes), 'procedure', `${message} on the same day`, line =>
        sameDay(claim, line).some(among(others)),
      ),
  }
}

function among(codes: ReadonlySet<string>): (line: PlacedLine) => boolean {
  return ({ procedure }) => codes.has(procedure)
}
