import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Documents of one kind by id. They are held in memory, and a write has reached the disk when it returns. */
export interface Collection<Document> {
  get(id: string): Document | undefined
  put(id: string, document: Document): void
  delete(id: string): void
  /** Every document, in the order of their first writing. */
  all(): Document[]
}

export interface Database {
  collection<Document>(name: string): Collection<Document>
  /** Makes the writes of `work` one: a crash or an exception leaves none of them. */
  together<Result>(work: () => Result): Result
  close(): void
}

/**
 * Opens `<dataDir>/<name>.sqlite`. `synchronous = FULL` so that an acknowledged write outlives even the machine. The
 * directory is for its owner only, because it holds keys and secrets. One process at a time.
 */
export function openDatabase(dataDir: string, name: string): Database {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const sqlite = new DatabaseSync(join(dataDir, `${name}.sqlite`))
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
  const reloads: (() => void)[] = []
  let open = true

  return {
    collection<Document>(table: string) {
      const { load, ...collection } = openCollection<Document>(sqlite, table)
      reloads.push(load)
      return collection
    },
    together(work) {
      sqlite.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        sqlite.exec('COMMIT')
        return result
      } catch (error) {
        sqlite.exec('ROLLBACK')
        for (const reload of reloads) reload()
        throw error
      }
    },
    close() {
      if (open) sqlite.close()
      open = false
    },
  }
}

function openCollection<Document>(sqlite: DatabaseSync, table: string): Collection<Document> & { load(): void } {
  sqlite.exec(`CREATE TABLE IF NOT EXISTS ${table} (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL)`)
  const write = sqlite.prepare(`INSERT INTO ${table} (id, document) VALUES (?, ?)
    ON CONFLICT (id) DO UPDATE SET document = excluded.document`)
  const remove = sqlite.prepare(`DELETE FROM ${table} WHERE id = ?`)
  const documents = new Map<string, Document>()
  const load = () => {
    documents.clear()
    for (const row of sqlite.prepare(`SELECT id, document FROM ${table} ORDER BY seq`).all()) {
      documents.set(String(row.id), JSON.parse(String(row.document)) as Document)
    }
  }
  load()

  return {
    load,
    get: id => documents.get(id),
    put(id, document) {
      write.run(id, JSON.stringify(document))
      documents.set(id, document)
    },
    delete(id) {
      remove.run(id)
      documents.delete(id)
    },
    all: () => [...documents.values()],
  }
}
