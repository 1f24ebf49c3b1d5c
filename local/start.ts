import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startCloud } from './cloud.ts'
import { announce } from './start/announce.ts'
import { assemble, prune } from './start/assembly.ts'
import { takeLock } from './start/lock.ts'
import { readOptions, type StartOptions, usage } from './start/options.ts'
import { openStandins, plant, secretsFor, startCounterpart } from './start/parts.ts'
import { progress } from './start/progress.ts'
import { type Watcher, watchSources } from './start/watch.ts'
import { functionNameIn } from './template/functions.ts'

// Lambda's clock is UTC, and threads have the time zone of their process.
process.env.TZ = 'UTC'

const root = resolve(import.meta.dirname, '..')
const began = performance.now()
const { step, say } = progress()

const options = asked()
const data = resolve(root, options.data)
const closing: (() => unknown)[] = []
try {
  await start()
} catch (cause) {
  say(`\n${cause instanceof Error ? cause.message : cause}`)
  await close()
  process.exit(1)
}

async function start() {
  const release = takeLock(data, `http://localhost:${options.port}`)
  closing.push(release)
  stopOnSignals()
  if (options.reset) empty(data)

  const assembly = await step(
    'bundle and synthesize',
    () => assemble(root),
    ({ made }) => (made ? '' : 'unchanged'),
  )
  prune(assembly.directory)
  const clearinghouse = await step('clearinghouse', () => startCounterpart(data, options.port && options.port + 2))
  closing.push(() => clearinghouse.stop())
  const standins = openStandins(data)
  closing.push(() => standins.stop())
  let watcher: Watcher | undefined
  const cloud = await step(
    'tables, queues, keys, API',
    () =>
      startCloud({
        assembly: assembly.directory,
        data,
        port: options.port,
        host: options.host,
        pool: options.pool,
        services: () => standins.services,
        secrets: secretsFor(assembly.directory, clearinghouse.url),
        ready: name => watcher?.ready(name),
        page: standins.page,
        say,
      }),
    made => `${made.functions().length} functions, ${made.model().routes.length} routes`,
  )
  closing.push(() => cloud.stop())
  standins.subscribe(event => cloud.emit(event))
  standins.rotateBy(async (functionArn, event) => {
    const { functionError } = await cloud.invoke(functionNameIn(functionArn), event)
    if (functionError) throw new Error(functionError)
  })
  if (options.watch) {
    watcher = watchSources({ root, data, cloud, say })
    closing.push(() => watcher?.stop())
  }
  const credentials = await step('demo data', () => plant(cloud))
  say(announce({ cloud, clearinghouse: clearinghouse.url, credentials, seconds: (performance.now() - began) / 1_000 }))
}

function stopOnSignals() {
  let asked = 0
  const stop = async () => {
    // Ctrl-C reaches this process twice, by the terminal and by the launcher. A later one is an impatient user's.
    if (asked && Date.now() - asked > 500) process.exit(1)
    if (asked) return
    asked = Date.now()
    say('\nStopping.')
    await close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  if (isLauncher(process.ppid)) {
    const launcher = process.ppid
    // The launcher was killed and could pass nothing on.
    setInterval(() => process.ppid !== launcher && void stop(), 500).unref()
  }
}

async function close() {
  for (const end of closing.splice(0).reverse()) {
    await Promise.resolve(end()).catch((cause: unknown) => say(String(cause)))
  }
}

/** Empties the data directory but for the lock that protects it. */
function empty(directory: string) {
  for (const name of readdirSync(directory)) {
    if (name !== 'lock.json') rmSync(join(directory, name), { recursive: true, force: true })
  }
}

function isLauncher(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node24.mjs')
  } catch {
    return false
  }
}

function asked(): StartOptions {
  try {
    const read = readOptions(process.argv.slice(2))
    if (!read.help) return read
    process.stdout.write(usage)
    process.exit(0)
  } catch (cause) {
    process.stderr.write(`${cause instanceof Error ? cause.message : cause}\n\n${usage}`)
    process.exit(2)
  }
}
