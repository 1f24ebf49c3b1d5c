import { parseArgs } from 'node:util'
import { backUp } from './backup/copy.ts'

const usage = `Copies all that a local run keeps, while it runs and is written to: each file as it is at one moment.

  npm run backup -- --to <dir> [options]

  --to <dir>     where the copy goes: a directory that is not there yet
  --data <dir>   what the run keeps                       (.local)
  --help         this text

It holds keys and secrets with what they open: keep it as you would keep those.
`

const { values } = parseArgs({
  options: {
    to: { type: 'string' },
    data: { type: 'string', default: '.local' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help || !values.to) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}
try {
  const began = performance.now()
  const { files, tables } = await backUp(values.data, values.to)
  const items = Object.entries(tables).map(([name, count]) => `${name} ${count}`)
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  process.stdout.write(`${values.to}: ${Object.keys(files).length} files; items: ${items.join(', ')}; ${seconds} s\n`)
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n`)
  process.exit(1)
}
