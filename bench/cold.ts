import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { LambdaFunction } from '../local/template/model.ts'
import { comparatorFunction } from './cloud/comparators.ts'
import { budgets, over } from './report/budgets.ts'
import { median, round } from './report/figures.ts'
import type { Section } from './report/section.ts'

const run = promisify(execFile)
const samples = 5

/** One new process: milliseconds until a bundle was loaded, by the clock and of CPU time. */
interface Load {
  ms: number
  cpuMs: number
}

/**
 * What it costs a new process to load each function, its ports included, as a multiple of a handler that has the DynamoDB
 * client and nothing else. The multiple is of CPU time: a small function has a fraction of a CPU, so that is what its start
 * waits for, and other work on this machine changes it least. Each sample stands beside one of the comparator; what is over
 * its budget is measured once more, because one disturbed measurement must not fail a run.
 */
export async function measureCold(
  functions: readonly LambdaFunction[],
  idOf: (name: string) => string,
  folder: string,
  say: (line: string) => void,
): Promise<Section> {
  const bare = functions.find(({ name }) => name === comparatorFunction('get')) as LambdaFunction
  const sample = async (spec: LambdaFunction) => {
    const pairs = await loadPairs(folder, spec, bare)
    const ratioOf = (of: (load: Load) => number) => median(pairs.map(([own, beside]) => of(own) / of(beside)))
    return {
      cpuMs: median(pairs.map(([own]) => own.cpuMs)),
      ms: median(pairs.map(([own]) => own.ms)),
      ratio: ratioOf(({ cpuMs }) => cpuMs),
      clockRatio: ratioOf(({ ms }) => ms),
    }
  }
  const rows = []
  const missed: string[] = []
  for (const [at, spec] of functions.entries()) {
    const id = idOf(spec.name)
    say(`${id} (${at + 1} of ${functions.length})`)
    const first = await sample(spec)
    const again = first.ratio > budgets.coldRatio ? await sample(spec) : first
    const { cpuMs, ms, ratio, clockRatio } = again.ratio < first.ratio ? again : first
    const times = { 'CPU ms': round(cpuMs), 'clock ms': round(ms) }
    rows.push({ function: id, ...times, '× bare': round(ratio), '× bare by the clock': round(clockRatio) })
    missed.push(...over('coldRatio', id, ratio))
  }
  const empty = rows.find(({ function: id }) => id === 'bench.empty')?.['CPU ms'] ?? Number.NaN
  for (const row of rows) Object.assign(row, { '× empty': round(row['CPU ms'] / empty) })
  rows.sort((a, b) => b['× bare'] - a['× bare'])
  const middle = round(median(rows.map(row => row['× bare'])))
  return {
    title: 'Cold import',
    rows,
    missed,
    notes: [`median ${middle} × bare; ${samples} pairs of new processes each`],
  }
}

/** Loads two bundles by turns, each time in new processes. */
export async function loadPairs(folder: string, one: LambdaFunction, other: LambdaFunction): Promise<[Load, Load][]> {
  const program = join(folder, 'cold.cjs')
  writeFileSync(program, loader)
  const pairs: [Load, Load][] = []
  for (let count = 0; count < samples; count++) pairs.push([await load(program, one), await load(program, other)])
  return pairs
}

/**
 * Loads a bundle as Lambda does and says what it took. The ports that the entry loads come within the same turn of the
 * event loop, so the next turn is when the function is ready.
 */
const loader = `
const began = performance.now()
const before = process.cpuUsage()
require(process.argv[2])
setImmediate(() => {
  const { user, system } = process.cpuUsage(before)
  const load = { ms: performance.now() - began, cpuMs: (user + system) / 1000 }
  require('node:fs').writeSync(1, '\\n' + JSON.stringify(load))
  process.exit(0)
})
`

async function load(program: string, { code, environment }: LambdaFunction): Promise<Load> {
  const env = { ...environment, AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x', TZ: 'UTC' }
  const { stdout } = await run(process.execPath, [program, join(code, 'index.js')], { env })
  return JSON.parse(stdout.split('\n').at(-1) ?? '') as Load
}
