import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { acknowledgementsPage } from '../stacks/compliance/acknowledgements.ts'
import { safeguardsPage } from '../stacks/compliance/safeguards.ts'
import { docs, production } from './production.ts'

// Writes the documents that come out of a synthesis of production.
const folder = join(docs, 'compliance')
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'acknowledgements.md'), acknowledgementsPage(await production()))
writeFileSync(join(folder, 'safeguards.md'), safeguardsPage())
process.stdout.write('docs/compliance/acknowledgements.md\ndocs/compliance/safeguards.md\n')
