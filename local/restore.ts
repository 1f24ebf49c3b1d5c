import { parseArgs } from 'node:util'
import { restore } from './backup/restore.ts'

const usage = `Puts a copy of a local run in its place, after holding every file against what the copy says of it.

  npm run restore -- --from <dir> [options]

  --from <dir>   the copy
  --data <dir>   where it goes                                                        (.local)
  --replace      where something is already: it is moved aside, and named
  --help         this text
`

const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    data: { type: 'string', default: '.local' },
    replace: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help || !values.from) {
  process.stdout.write(usage)
  process.exit(values.help ? 0 : 2)
}
try {
  const began = performance.now()
  const { manifest, aside } = restore(values.from, values.data, values.replace)
  const items = Object.entries(manifest.tables).map(([name, count]) => `${name} ${count}`)
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  process.stdout.write(`${values.data} is as it was at ${manifest.at}: ${items.join(', ')}; ${seconds} s\n`)
  if (aside) process.stdout.write(`What was there lies in ${aside}.\n`)
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n`)
  process.exit(1)
}
