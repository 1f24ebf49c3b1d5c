import {
  diagnosticEvaluation,
  family,
  interactiveComplexity,
  isEvaluationAndManagement,
  pharmacologicManagement,
  psychotherapy,
  psychotherapyAddOn,
} from './procedures.ts'
import { complain, linesOf, type Rule, sameDay } from './rule.ts'

/** Units, repeats, pointers and sums. */
export const lineRules: readonly Rule[] = [
  {
    id: 'one-unit',
    snip: 6,
    severity: 'error',
    check: claim =>
      complain(
        linesOf(claim).filter(({ procedure }) => once.has(procedure) || isEvaluationAndManagement(procedure)),
        'units',
        'must be 1: this code stands for one session',
        ({ units }) => units !== 1,
      ),
  },
  {
    id: 'duplicate-line',
    snip: 6,
    severity: 'error',
    check: claim =>
      complain(linesOf(claim), 'procedure', 'repeats a code of the same day without a modifier that says why', line => {
        const earlier = sameDay(claim, line).some(
          ({ procedure, index }) => procedure === line.procedure && index < line.index,
        )
        return earlier && !line.modifiers.some(modifier => distinct.has(modifier))
      }),
  },
  {
    id: 'diagnosis-pointers',
    snip: 2,
    severity: 'error',
    check: claim =>
      complain(
        linesOf(claim),
        'diagnosisPointers',
        'must point at diagnoses of this claim, each once',
        ({ diagnosisPointers }) =>
          diagnosisPointers.some(pointer => pointer > claim.content.diagnoses.length) ||
          new Set(diagnosisPointers).size !== diagnosisPointers.length,
      ),
  },
  {
    id: 'total',
    snip: 3,
    severity: 'error',
    check: ({ total, content }) =>
      total === content.lines.reduce((sum, { charge }) => sum + charge, 0)
        ? []
        : [{ path: 'total', message: 'must be the sum of the lines' }],
  },
]

/** Codes that stand for a whole session, however long it was. 90840 counts half hours and may be repeated. */
const once = new Set([
  ...diagnosticEvaluation,
  ...psychotherapy,
  ...psychotherapyAddOn,
  ...family,
  '90839',
  interactiveComplexity,
  pharmacologicManagement,
])

/** Modifiers by which a second service of a day is told from the first. */
const distinct = new Set(['59', 'XE', 'XP', 'XS', 'XU', '76', '77'])
