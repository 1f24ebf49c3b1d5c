import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { countsOf } from '../stacks/cost/counts.ts'
import { costPage } from '../stacks/cost/page.ts'
import { docs, measured, production } from './production.ts'

// Computes what a month costs, and writes it down.
const page = costPage(countsOf(await production()), measured())
writeFileSync(join(docs, 'cost.md'), page)
process.stdout.write(page)
