import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'

const file = resolve(import.meta.dirname, '..', '..', 'docs', 'openapi.json')

// `docs.openapi` imports the document, so the catalogue needs a readable one, however old, before a new one can be made.
if (!isReadable()) writeFileSync(file, '{}\n')

const [{ catalogue }, { buildOpenApi }] = await Promise.all([
  import('../../functions/catalogue.ts'),
  import('./build.ts'),
])
const document = buildOpenApi(await catalogue())
writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
console.log(`docs/openapi.json describes ${Object.values(document.paths).flatMap(Object.keys).length} actions`)

function isReadable(): boolean {
  try {
    return typeof JSON.parse(readFileSync(file, 'utf8')) === 'object'
  } catch {
    return false
  }
}
