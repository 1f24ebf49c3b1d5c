import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { acknowledgementsPage } from '../stacks/compliance/acknowledgements.ts'
import { docs, production } from './production.ts'

// Writes the documents that come out of a synthesis of production.
const folder = join(docs, 'compliance')
mkdirSync(folder, { recursive: true })
writeFileSync(join(folder, 'acknowledgements.md'), acknowledgementsPage(await production()))
process.stdout.write('docs/compliance/acknowledgements.md\n')
