/** CPT codes by number alone: their descriptions are the AMA's. */

/** Psychotherapy by itself, and beside an evaluation and management service (add-on). */
export const psychotherapy = new Set(['90832', '90834', '90837'])
export const psychotherapyAddOn = new Set(['90833', '90836', '90838'])
/** Psychiatric diagnostic evaluation. */
export const diagnosticEvaluation = new Set(['90791', '90792'])
export const crisis = new Set(['90839', '90840'])
/** Family psychotherapy, without and with the patient. */
export const family = new Set(['90846', '90847'])
export const group = '90853'
export const interactiveComplexity = '90785'
export const pharmacologicManagement = '90863'

/** Evaluation and management: 99202 to 99499. */
export const isEvaluationAndManagement = (code: string): boolean =>
  /^99\d{3}$/.test(code) && Number(code) >= 99_202 && Number(code) <= 99_499

/** Minutes of psychotherapy that each code stands for, both included (CPT time rule: the midpoint is passed). */
export const psychotherapyMinutes: Readonly<Record<string, readonly [from: number, to: number]>> = {
  90832: [16, 37],
  90833: [16, 37],
  90834: [38, 52],
  90836: [38, 52],
  90837: [53, Number.POSITIVE_INFINITY],
  90838: [53, Number.POSITIVE_INFINITY],
}
