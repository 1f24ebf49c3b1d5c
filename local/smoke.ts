import { parseArgs } from 'node:util'
import { checks } from '../stacks/canary/checks.ts'
import { journey } from './tour/journey.ts'
import { Report } from './tour/report.ts'

const usage = `Asks a system that was just deployed whether it stands: as anybody from outside, without an account, changing nothing.

  npm run smoke -- [options]

  --url <url>   where it is                                                   (http://localhost:3000)
  --demo        then the whole main job too, with the demo practice of the local run
  --help        this text

Exit code 1: something is not as it must be.
`

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:3000' },
    demo: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}

const base = values.url.replace(/\/$/, '')
let failed = 0
for (const { what, check } of checks(base)) {
  const began = performance.now()
  const wrong = await check().catch((error: Error) => [error.message])
  failed += wrong.length
  const ms = `${Math.round(performance.now() - began)} ms`
  process.stdout.write(`  ${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${what.padEnd(58)} ${ms.padStart(8)}\n`)
  for (const line of wrong) process.stdout.write(`         ${line}\n`)
}
if (failed === 0 && values.demo) {
  try {
    await journey(base, new Report(base))
  } catch (error) {
    failed++
    process.stdout.write(`  FAIL the main job: ${error instanceof Error ? error.message : error}\n`)
  }
}
process.stdout.write(failed === 0 ? `${base} stands.\n` : `${base}: ${failed} things are wrong.\n`)
process.exitCode = failed === 0 ? 0 : 1
