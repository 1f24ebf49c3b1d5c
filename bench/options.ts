import { parseArgs } from 'node:util'

/** The parts of the benchmarks, in the order in which they run. */
export const parts = [
  'hot-keys',
  'sealing',
  'bundles',
  'cold',
  'tracing',
  'actions',
  'login',
  'reads',
  'journey',
] as const
export type Part = (typeof parts)[number]

export interface BenchOptions {
  only: Part[]
  json: string
  seconds: number
  help: boolean
}

export const usage = `Measures what each function and the main job cost, on this machine, and checks the budgets.

  npm run bench -- [options]

  --only <parts>   some of ${parts.join(',')}; all by default
  --seconds <n>    seconds for which the journey is driven at each concurrency           (12)
  --json <file>    where the figures are written                                         (bench/results/latest.json)
  --help           this text

Exit code 1: a budget is missed, or something could not be measured.
`

/** Reads the command line. Throws with a sentence for the user. */
export function readOptions(args: string[]): BenchOptions {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      seconds: { type: 'string', default: '12' },
      json: { type: 'string', default: 'bench/results/latest.json' },
      help: { type: 'boolean', default: false },
    },
  })
  const only = (values.only?.split(',') ?? [...parts]).map(name => {
    const part = parts.find(known => known === name.trim())
    if (!part) throw new Error(`Not a part: ${name}`)
    return part
  })
  const seconds = Number(values.seconds)
  if (!(seconds >= 1)) throw new Error(`Not a number of seconds: ${values.seconds}`)
  return { only: parts.filter(part => only.includes(part)), json: values.json, seconds, help: values.help }
}
