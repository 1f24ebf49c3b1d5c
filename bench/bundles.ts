import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { LambdaFunction } from '../local/template/model.ts'
import { comparatorFunction } from './cloud/comparators.ts'
import { over } from './report/budgets.ts'
import { median, round } from './report/figures.ts'
import type { Section } from './report/section.ts'

/** The size of a bundle in KB of 1,024 bytes: what a new environment must read and compile. */
export const sizeOf = ({ code }: Pick<LambdaFunction, 'code'>): number => statSync(join(code, 'index.js')).size / 1_024

/** The size of each function's bundle, as it stands in the synthesized assembly, held against the budget. */
export function measureBundles(functions: readonly LambdaFunction[], idOf: (name: string) => string): Section {
  const unit = sizeOf(functions.find(({ name }) => name === comparatorFunction('get')) as LambdaFunction)
  const rows = functions
    .map(spec => ({ function: idOf(spec.name), KB: round(sizeOf(spec)), '× bare': round(sizeOf(spec) / unit) }))
    .sort((a, b) => b.KB - a.KB)
  const missed = functions.flatMap(spec => over('bundleKb', idOf(spec.name), sizeOf(spec)))
  const middle = round(median(rows.map(({ KB }) => KB)))
  return {
    title: 'Bundles',
    rows,
    missed,
    notes: [`median ${middle} KB; bare is a handler with the DynamoDB client alone`],
  }
}
