import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { journey } from './tour/journey.ts'
import { Report } from './tour/report.ts'

const usage = `Walks through the main job on the running system, as an SPA does it over HTTP.

  npm run tour -- [options]

  --url <url>   where the system runs; one is started for the tour when nothing answers   (http://localhost:3000)
  --help        this text
`

const { values } = parseArgs({
  options: { url: { type: 'string', default: 'http://localhost:3000' }, help: { type: 'boolean', default: false } },
})
if (values.help) {
  process.stdout.write(usage)
  process.exit(0)
}

const base = values.url.replace(/\/$/, '')
let started: ChildProcess | undefined
try {
  if (!(await answers())) started = await start()
  const began = performance.now()
  const report = new Report(base)
  await journey(base, report)
  report.summary((performance.now() - began) / 1000)
  process.stdout.write('The tour succeeded.\n')
} catch (error) {
  process.stdout.write(`\nThe tour failed: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
} finally {
  await stop()
}

async function answers(): Promise<boolean> {
  return fetch(`${base}/_local/status`).then(
    response => response.ok,
    () => false,
  )
}

/** Starts the system on data of the tour's own, and waits until it is ready. */
async function start(): Promise<ChildProcess> {
  process.stdout.write(`Nothing answers at ${base}: starting the system for this tour.\n`)
  const { port } = new URL(base)
  const program = resolve(import.meta.dirname, 'start.ts')
  const args = [program, '--port', port || '80', '--data', '.local/tour', '--reset', '--no-watch']
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let ready = false
  child.stdout?.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk)
    ready ||= chunk.includes('Next:')
  })
  while (!ready) {
    if (child.exitCode !== null) throw new Error('the system did not start')
    await pause(100)
  }
  return child
}

async function stop(): Promise<void> {
  if (!started || started.exitCode !== null) return
  const ended = new Promise(resolve => started?.once('exit', resolve))
  started.kill('SIGTERM')
  await ended
}
