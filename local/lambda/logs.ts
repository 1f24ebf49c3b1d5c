import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'

/** A line that a function wrote. */
export interface LogLine {
  time: string
  functionName: string
  requestId?: string
  line: string
}

const kept = 5_000

/** What functions write: in a file for each, and the last 5,000 lines in memory. */
export class Logs {
  readonly #directory: string
  readonly #files = new Map<string, WriteStream>()
  #lines: LogLine[] = []

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true })
  }

  write(functionName: string, line: string, requestId?: string) {
    this.#lines.push({ time: new Date().toISOString(), functionName, requestId, line })
    if (this.#lines.length > kept * 2) this.#lines = this.#lines.slice(-kept)
    this.#file(functionName).write(`${line}\n`)
  }

  /** The last lines, of one function or of all, the oldest first. */
  tail(limit: number, functionName?: string): LogLine[] {
    const lines = functionName ? this.#lines.filter(line => line.functionName === functionName) : this.#lines
    return limit > 0 ? lines.slice(-limit) : []
  }

  async stop() {
    await Promise.all([...this.#files.values()].map(file => new Promise<void>(resolve => file.end(() => resolve()))))
  }

  #file(functionName: string): WriteStream {
    const known = this.#files.get(functionName)
    if (known) return known
    const file = createWriteStream(join(this.#directory, `${functionName}.log`), { flags: 'a' })
    // A full disk or a removed directory must not end the functions that log to it.
    file.on('error', () => {})
    this.#files.set(functionName, file)
    return file
  }
}
