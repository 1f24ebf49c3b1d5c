import type { Claim, Finding, Payer, ServiceLine } from '../../../schema/claims.ts'
import type { LocalDate } from '../../../schema/time.ts'

/** A complaint as a rule makes it: a Finding without the rule's own name and weight. */
export type Complaint = Pick<Finding, 'path' | 'message'>

/** One rule, as data: what it is called, how much it weighs, for whom it weighs otherwise, and how it judges. */
export interface Rule {
  id: string
  /** The WEDI SNIP type: 1 syntax, 2 guide, 3 balance, 4 situation, 5 code set, 6 line of service, 7 payer. */
  snip: 1 | 2 | 3 | 4 | 5 | 6 | 7
  severity: Finding['severity']
  /** Payers, by SBR09, that see it otherwise. The first that fits counts. */
  payers?: readonly { filing: readonly Payer['filing'][]; severity: Finding['severity'] | 'off' }[]
  check(claim: Claim, today: LocalDate): Complaint[]
}

/** A line with its place on the claim. */
export interface PlacedLine extends ServiceLine {
  index: number
}

/** The claim's lines, those of the given procedures only where some are given. */
export function linesOf(claim: Claim, procedures?: ReadonlySet<string>): PlacedLine[] {
  return claim.content.lines
    .map((line, index) => ({ ...line, index }))
    .filter(({ procedure }) => procedures === undefined || procedures.has(procedure))
}

/** The other lines of the same date, which on one claim means of the same patient and practitioner too. */
export function sameDay(claim: Claim, line: PlacedLine): PlacedLine[] {
  return linesOf(claim).filter(({ date, index }) => date === line.date && index !== line.index)
}

/** The path of a line's field: `content.lines.0.units`. */
export const at = (line: PlacedLine, field: keyof ServiceLine): string => `content.lines.${line.index}.${field}`

/** Whole days from one date to another; negative when `to` comes first. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

/** Complaints about the lines that fail a test. */
export function complain(
  lines: readonly PlacedLine[],
  field: keyof ServiceLine,
  message: string,
  fails: (line: PlacedLine) => boolean,
): Complaint[] {
  return lines.filter(fails).map(line => ({ path: at(line, field), message }))
}
