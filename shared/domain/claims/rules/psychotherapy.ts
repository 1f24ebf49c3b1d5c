import { psychotherapyMinutes } from './procedures.ts'
import { at, complain, linesOf, type Rule } from './rule.ts'

/** Minutes and units of timed codes. */
export const psychotherapyRules: readonly Rule[] = [
  {
    id: 'psychotherapy-minutes',
    snip: 6,
    severity: 'error',
    check: claim =>
      linesOf(claim).flatMap(line => {
        const range = psychotherapyMinutes[line.procedure]
        if (!range || line.minutes === undefined) return []
        const [from, to] = range
        if (line.minutes >= from && line.minutes <= to) return []
        const minutes = to === Number.POSITIVE_INFINITY ? `${from} minutes or more` : `${from} to ${to} minutes`
        return [{ path: at(line, 'minutes'), message: `${line.procedure} stands for ${minutes}` }]
      }),
  },
  {
    id: 'psychotherapy-minutes-documented',
    snip: 6,
    severity: 'warning',
    check: claim =>
      complain(
        linesOf(claim).filter(({ procedure }) => procedure in psychotherapyMinutes),
        'minutes',
        'should be documented: this code is chosen by time',
        ({ minutes }) => minutes === undefined,
      ),
  },
]
