// Runs a program on Node 24, the major that Lambda runs, whatever Node started this file. Plain JavaScript that Node 20 can read.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const [program, ...args] = process.argv.slice(2)
const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const platform = process.platform === 'win32' ? 'win' : process.platform
const packaged = resolve(
  root,
  'node_modules',
  `node-${platform}-${process.arch}`,
  'bin',
  platform === 'win' ? 'node.exe' : 'node',
)
const major = Number(process.versions.node.split('.')[0])
const node = existsSync(packaged) ? packaged : major >= 24 ? process.execPath : undefined

if (!program) fail('usage: node local/node24.mjs <program> [arguments]')
if (!node) {
  fail(
    `Node 24 is needed and this is ${process.version}. No packaged Node exists for ${process.platform}-${process.arch}: install Node 24.`,
  )
}

const child = spawn(node, ['--disable-warning=ExperimentalWarning', resolve(root, program), ...args], {
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
