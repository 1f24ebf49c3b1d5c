import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { takeLock } from '../start/lock.ts'
import {
  digestOf,
  filesBelow,
  inspect,
  isDatabase,
  journal,
  type Manifest,
  manifestName,
  tablesName,
} from './manifest.ts'

/**
 * Puts a copy in the place of a data directory, whole or not at all. Throws with a sentence where a file is missing, another or too
 * many, where a database breaks its own rules or has lost items, and where something runs on the directory.
 */
export function restore(from: string, data: string, replace: boolean): { manifest: Manifest; aside?: string } {
  const manifest = checked(from)
  const isEmpty = !existsSync(data) || readdirSync(data).length === 0
  if (!isEmpty && !replace) throw new Error(`${data} is not empty: --replace moves what is there aside.`)
  const release = isEmpty ? undefined : takeLock(data, 'npm run restore')
  const coming = join(dirname(data), `.${manifest.at.replaceAll(':', '')}.coming`)
  try {
    rmSync(coming, { recursive: true, force: true })
    cpSync(from, coming, { recursive: true, filter: source => source !== join(from, manifestName) })
    for (const name of Object.keys(manifest.files).filter(isDatabase)) journal(join(coming, name), 'WAL')
  } finally {
    release?.()
  }
  const aside = isEmpty ? undefined : `${data}.before-${new Date().toISOString().replaceAll(':', '')}`
  if (aside) renameSync(data, aside)
  else rmSync(data, { recursive: true, force: true })
  renameSync(coming, data)
  return { manifest, ...(aside && { aside }) }
}

function checked(from: string): Manifest {
  const file = join(from, manifestName)
  if (!existsSync(file)) throw new Error(`${from} is no copy: it has no ${manifestName}.`)
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  const there = new Set(filesBelow(from).filter(name => name !== manifestName))
  for (const [name, digest] of Object.entries(manifest.files)) {
    if (!there.delete(name)) throw new Error(`${from} lacks ${name}.`)
    if (digestOf(join(from, name)) !== digest) throw new Error(`${name} is not what was copied.`)
  }
  for (const name of there) throw new Error(`${name} is no part of the copy.`)
  for (const name of Object.keys(manifest.files).filter(isDatabase)) {
    const tables = inspect(join(from, name))
    if (name === tablesName && JSON.stringify(tables) !== JSON.stringify(manifest.tables)) {
      throw new Error(`the tables hold ${JSON.stringify(tables)}, not ${JSON.stringify(manifest.tables)}.`)
    }
  }
  return manifest
}
