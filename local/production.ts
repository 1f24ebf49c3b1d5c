import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { example } from '../stacks/compliance/example.ts'
import { measuredIn } from '../stacks/cost/counts.ts'
import { assemble } from './start/assembly.ts'

const root = resolve(import.meta.dirname, '..')

/** Where the documents are that are written from the templates of production. */
export const docs = join(root, 'docs')

/** Synthesizes production as some operator would name it, unless that was done, and says where. */
export const production = async (): Promise<string> =>
  (await assemble(root, undefined, { name: 'production', context: example })).directory

/** What the benchmark last counted of each function. */
export const measured = () => measuredIn(readFileSync(join(docs, 'benchmarks.md'), 'utf8'))
