import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { findBinary, leashed } from './binary.ts'
import { prepareFile } from './file.ts'

export { sweepExpired } from './expiry.ts'
export { type CfnTemplate, createTable, createTables, type TableProperties, tablesOf } from './tables.ts'

/** A running embedded DynamoDB. `file` is its SQLite database; an engine that was only pointed at has none. */
export interface Dynamo {
  endpoint: string
  file?: string
  /** Ends it as an operator would, and removes what was temporary. */
  stop(): Promise<void>
  /** Ends it as `kill -9` would, and leaves its file as it is: for tests of durability. */
  kill(): Promise<void>
}

/**
 * Starts the embedded DynamoDB on a SQLite file, by default a temporary one in memory. Resolves when it answers. It never
 * outlives the process that started it; should it end by itself, `failed` is called. Where its program has no build, `AWS_ENDPOINT_URL_DYNAMODB` names another engine.
 */
export async function startDynamo(options: { file?: string; port?: number; failed?(): void } = {}): Promise<Dynamo> {
  const binary = findBinary()
  if (!binary) {
    const elsewhere = process.env.AWS_ENDPOINT_URL_DYNAMODB
    if (elsewhere) return { endpoint: elsewhere.replace(/\/$/, ''), stop: async () => {}, kill: async () => {} }
    const machine = `${process.platform}-${process.arch}`
    throw new Error(`No embedded DynamoDB for ${machine}: set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB Local.`)
  }
  const temporary = options.file ? undefined : temporaryDirectory()
  const file = options.file ?? join(temporary!, 'table.sqlite')
  mkdirSync(dirname(file), { recursive: true })
  endOrphan(file)

  const { child, port } = await launch(binary, file, options.port)
  writeFileSync(pidFile(file), String(child.pid))
  prepareFile(file)

  const onExit = () => child.kill('SIGKILL')
  process.once('exit', onExit)
  const failed = () => options.failed?.()
  child.once('exit', failed)
  const end = async (signal: NodeJS.Signals) => {
    child.off('exit', failed)
    process.off('exit', onExit)
    await ended(child, signal)
    rmSync(pidFile(file), { force: true })
  }
  return {
    endpoint: `http://127.0.0.1:${port}`,
    file,
    kill: () => end('SIGKILL'),
    async stop() {
      await end('SIGTERM')
      if (temporary) rmSync(temporary, { recursive: true, force: true })
    },
  }
}

/** Its own port is chosen first, because the engine takes no 0; another process may take it in between, so thrice. */
async function launch(binary: string, file: string, wanted?: number) {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort())
    const [program, args] = leashed(binary, ['--port', String(port), '--db-path', file])
    // Its own session: Ctrl-C in a terminal must reach the cloud first, which then stops the engine last.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const failure = await ready(child)
    if (!failure) return { child, port }
    await ended(child, 'SIGKILL')
    if (attempt === 3 || wanted) throw new Error(`The embedded DynamoDB did not start: ${failure}`)
  }
}

/** Resolves to undefined once it listens, or to what it said when it ended instead. */
function ready(child: ChildProcess): Promise<string | undefined> {
  return new Promise(resolve => {
    let said = ''
    const hear = (chunk: Buffer) => {
      said += chunk
      if (said.includes('listening on')) resolve(undefined)
      if (said.length > 10_000) said = said.slice(-5_000)
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('error', cause => resolve(cause.message))
    child.on('exit', code => resolve(said.trim() || `exit code ${code}`))
  })
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve()
  return new Promise(resolve => {
    const timer = setTimeout(() => child.kill('SIGKILL'), 3_000)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill(signal)
  })
}

const pidFile = (file: string) => `${file}.pid`

/** Two engines on one file would lose writes, so one that an earlier run left behind is ended first. */
function endOrphan(file: string) {
  if (!existsSync(pidFile(file))) return
  const pid = Number(readFileSync(pidFile(file), 'utf8'))
  rmSync(pidFile(file), { force: true })
  if (!pid || !isEngine(pid)) return
  process.kill(pid, 'SIGKILL')
}

function isEngine(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dynoxide')
  } catch {
    return false
  }
}

let count = 0

/** A directory in memory, named by its owner, so that what a killed run left can be told and removed. */
function temporaryDirectory(): string {
  const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  for (const name of readdirSync(root)) {
    const owner = /^local-dynamo-(\d+)-/.exec(name)?.[1]
    if (owner && !isAlive(Number(owner))) rmSync(join(root, name), { recursive: true, force: true })
  }
  return join(root, `local-dynamo-${process.pid}-${Date.now()}-${++count}`)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
