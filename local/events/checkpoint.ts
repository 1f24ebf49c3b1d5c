import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A small value that survives the process: how far a stream's reader has come, when a schedule is due. */
export interface Checkpoint<Value> {
  read(): Value | undefined
  write(value: Value): void
}

/** A checkpoint in a file of its own, replaced in one step: after `kill -9` it is the old one or the new one. */
export function fileCheckpoint<Value>(directory: string, name: string): Checkpoint<Value> {
  const file = join(directory, `${name.replace(/[^\w.-]/g, '_')}.json`)
  return {
    read() {
      try {
        return JSON.parse(readFileSync(file, 'utf8')) as Value
      } catch {
        return undefined
      }
    },
    write(value) {
      mkdirSync(directory, { recursive: true })
      writeFileSync(`${file}.new`, JSON.stringify(value))
      renameSync(`${file}.new`, file)
    },
  }
}
