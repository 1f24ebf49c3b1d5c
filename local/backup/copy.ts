import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
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

/** Pages that are copied before another writer gets a turn: all of them, so that none begins the copy anew. */
const allPages = 1_000_000_000

/**
 * What is no part of a copy: logs, what belongs to the process that runs, and the journals of databases, whose copies hold what is in
 * them.
 */
const isLeftOut = (file: string) => /^logs\/|(^|\/)lock\.json|\.pid$|-(wal|shm)$/.test(file)

/**
 * Copies a data directory while it is used. Each database is as it was at one moment. The tables come first: keys and secrets that
 * open them are made before and never taken away, and a message that is younger than its item does nothing. Progress of readers comes
 * before all: what is read twice does nothing either, and what was passed over would be lost.
 */
export async function backUp(data: string, to: string): Promise<Manifest> {
  if (!existsSync(join(data, tablesName))) throw new Error(`${data} has no tables: nothing was ever started on it.`)
  if (existsSync(to)) throw new Error(`${to} is there already: choose another directory.`)
  const at = new Date().toISOString()
  // Under another name until it is whole: what has the name is a copy.
  const partial = `${to}.partial`
  rmSync(partial, { recursive: true, force: true })
  const files = filesBelow(data).filter(file => !isLeftOut(file))
  const rank = (file: string) => (isDatabase(file) ? (file === tablesName ? 1 : 2) : 0)
  for (const file of files.toSorted((a, b) => rank(a) - rank(b))) {
    const target = join(partial, file)
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    if (!isDatabase(file)) {
      copyFileSync(join(data, file), target)
      continue
    }
    using database = new DatabaseSync(join(data, file))
    database.exec('PRAGMA busy_timeout = 10000')
    await backup(database, target, { rate: allPages })
    journal(target, 'DELETE')
  }
  const manifest: Manifest = {
    at,
    tables: inspect(join(partial, tablesName)),
    files: Object.fromEntries(files.map(file => [file, digestOf(join(partial, file))])),
  }
  writeFileSync(join(partial, manifestName), `${JSON.stringify(manifest, null, 2)}\n`)
  renameSync(partial, to)
  return manifest
}
