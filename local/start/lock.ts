import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Another process holds the lock. */
export class InUse extends Error {}

interface Holder {
  pid: number
  url: string
}

/**
 * Takes a data directory for this process, because two runs on one database would spoil it. A lock whose process is gone,
 * by `kill -9` say, is taken over. Gives what releases it; throws a sentence for the user when another run holds it.
 */
export function takeLock(data: string, url: string): () => void {
  mkdirSync(data, { recursive: true })
  const file = join(data, 'lock.json')
  const own = `${file}.${process.pid}`
  writeFileSync(own, JSON.stringify({ pid: process.pid, url } satisfies Holder))
  try {
    for (let attempt = 0; ; attempt++) {
      // A link appears whole or not at all, unlike a file that is created and then written.
      try {
        linkSync(own, file)
        break
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === 3) throw cause
      }
      const holder = readHolder(file)
      if (holder && isRunning(holder.pid)) {
        throw new InUse(
          `${data} is in use: process ${holder.pid} runs on it (${holder.url}). Stop it, or choose another --data.`,
        )
      }
      rmSync(file, { force: true })
    }
  } finally {
    rmSync(own, { force: true })
  }
  return () => {
    if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true })
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder
  } catch {
    return undefined
  }
}

/** Whether the process lives and is a run of ours: after a reboot its number may be another program's. */
function isRunning(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM'
  }
  try {
    // An ended process that nobody has waited for still has a number, but no command line.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node')
  } catch {
    return true
  }
}
