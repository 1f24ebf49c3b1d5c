import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Refusal } from './new/name.ts'
import { scaffold } from './new/scaffold.ts'

const usage = `Makes a new function: its file, its sample event and its test.

  npm run new <domain>.<action> [-- options]

  npm run new claims.void                an action, at POST /claims/{claimId}/void
  npm run new claims.sweep -- --worker   a worker, which a schedule starts

  --worker   a function without a route
  --help     this text
`

const options = { worker: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const

try {
  const { values, positionals } = read()
  if (values.help) {
    process.stdout.write(usage)
  } else {
    if (positionals.length !== 1) throw new Refusal(`Name one function.\n\n${usage}`)
    const root = resolve(import.meta.dirname, '..')
    const { files, next } = await scaffold(root, positionals[0], values.worker ? 'worker' : 'action')
    console.log(`Made\n${lines(files)}\n\nNext\n${lines(next)}`)
  }
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  console.error(error.message)
  process.exitCode = 1
}

function read() {
  try {
    return parseArgs({ allowPositionals: true, options })
  } catch (error) {
    throw new Refusal(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}

function lines(list: readonly string[]): string {
  return list.map(line => `  ${line}`).join('\n')
}
