import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

const usage = `Runs every check, the quick ones first.

  npm test -- [options] [vitest arguments]

  --quick    without the end-to-end tests, the attacks on a running system, and coverage
  --help     this text
`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
})
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}

const root = resolve(import.meta.dirname, '..')
const began = performance.now()
const vitest = values.quick ? ['--exclude', 'test/e2e/**', '--exclude', 'test/attacks/**'] : ['--coverage']
run('types', 'typescript/bin/tsc', ['-p', '.'])
run('lint', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.'])
run('dead code', 'knip/bin/knip.js', [])
run('tests', 'vitest/vitest.mjs', ['run', ...vitest, ...positionals])
process.stdout.write(`\nEverything passed in ${Math.round((performance.now() - began) / 1000)} s.\n`)

/** Runs a tool on this same Node; its failure is the run's. */
function run(what: string, program: string, args: string[]): void {
  process.stdout.write(`\n== ${what}\n`)
  const { status } = spawnSync(process.execPath, [resolve(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status === 0) return
  process.stdout.write(`\nFailed: ${what}\n`)
  process.exit(status ?? 1)
}
