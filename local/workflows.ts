import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { stepsOf, workflows } from './workflows/read.ts'

const usage = `Runs what the workflows of GitHub run, on this machine, and says what of it only GitHub or the cloud can do.

  npm run workflows -- [options]

  --list    only say what would be run
  --help    this text

Each command is run once, however many workflows have it. Exit code 1: one of them failed.
`

const { values } = parseArgs({
  options: { list: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}

const root = resolve(import.meta.dirname, '..')
mkdirSync(resolve(root, '.build'), { recursive: true })
const done = new Set<string>()
let failed = 0
for (const { file, workflow } of workflows(root)) {
  process.stdout.write(`\n${file}\n`)
  for (const { job, step } of stepsOf(workflow)) {
    const { name = step.uses ?? '', run } = step
    const where = !run || name.startsWith('GitHub:') ? 'GitHub' : name.startsWith('Cloud:') ? 'cloud ' : 'here  '
    if (where !== 'here  ' || !run || done.has(run) || values.list) {
      process.stdout.write(`  ${where} ${job}: ${name}${where === 'here  ' && !values.list ? ' (as before)' : ''}\n`)
      continue
    }
    done.add(run)
    const began = performance.now()
    const { status } = spawnSync('bash', ['-euo', 'pipefail', '-c', run], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const seconds = Math.round((performance.now() - began) / 1_000)
    process.stdout.write(`  ${status === 0 ? 'ok    ' : 'FAILED'} ${job}: ${name} (${seconds} s)\n`)
    if (status !== 0) failed++
  }
}
process.exitCode = failed === 0 ? 0 : 1
