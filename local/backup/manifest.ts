import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export const manifestName = 'manifest.json'
/** The database of the tables. */
export const tablesName = 'dynamodb.sqlite'

/** What a copy says of itself. */
export interface Manifest {
  /** When it was begun: what was acknowledged before is in it. */
  at: string
  /** SHA-256 of each file, by its path. */
  files: Record<string, string>
  /** Items of each table. */
  tables: Record<string, number>
}

export const isDatabase = (file: string): boolean => /\.(sqlite|db)$/.test(file)

export const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

/** Every file below a folder, by its path from there. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => statSync(join(folder, name)).isFile())
    .sort()

/** A copy is one file, and can be looked into without another beside it; what runs keeps a journal ahead of its writes. */
export function journal(file: string, mode: 'DELETE' | 'WAL'): void {
  using database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = ${mode}`)
}

/** Holds a database against its own rules, and counts the items of its tables, if it is the one that has them; not those of indexes. */
export function inspect(file: string): Record<string, number> {
  using database = new DatabaseSync(file, { readOnly: true })
  const { integrity_check: found } = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string }
  if (found !== 'ok') throw new Error(`${file} is damaged: ${found}`)
  const names = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%item_json%' AND name NOT LIKE '%::%'")
    .all() as { name: string }[]
  return Object.fromEntries(
    names.map(({ name }) => {
      const { count } = database.prepare(`SELECT count(*) AS count FROM "${name.replaceAll('"', '""')}"`).get() as {
        count: number
      }
      return [name, count]
    }),
  )
}
