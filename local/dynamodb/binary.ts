import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The embedded DynamoDB's program for this machine, or undefined where its package has no build. */
export function findBinary(): string | undefined {
  const name = `@dynoxide/${process.platform}-${process.arch}`
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    const file = join(home, process.platform === 'win32' ? 'dynoxide.exe' : 'dynoxide')
    return existsSync(file) ? file : undefined
  } catch {
    return undefined
  }
}

/**
 * The command that runs `program` so that the kernel ends it when its parent dies, even by `kill -9`. Where `setpriv` is
 * missing the pid file does the same at the next start.
 */
export function leashed(program: string, args: string[]): [string, string[]] {
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find(file => process.platform === 'linux' && existsSync(file))
  return setpriv ? [setpriv, ['--pdeathsig', 'KILL', program, ...args]] : [program, args]
}
