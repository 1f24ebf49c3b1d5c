import type { Row } from './table.ts'

/** What one part of the benchmarks found. `missed` are the budgets that it is over: each fails the run. */
export interface Section {
  title: string
  rows: Row[]
  /** What a reader must know beside the table: what was left out, and why. */
  notes: string[]
  missed: string[]
}
