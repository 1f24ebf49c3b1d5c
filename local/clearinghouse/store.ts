import { randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Reply } from './x12/replies.ts'

/** A submission as it was taken in. */
export interface Stored {
  submissionId: string
  controlNumber: string
  receivedAt: string
}

/** A file that waits for the submitter. */
export interface Inbound {
  fileId: string
  kind: Reply['kind']
  receivedAt: string
}

/** What to store at once: a submission and the files that answer it. */
export interface Intake {
  key: string
  digest: string
  sender: string
  controlNumber: string
  body: string
  replies: readonly Reply[]
  receivedAt: string
}

/** The stand-in's memory, one SQLite file. What a method returned from is on disk, and survives a kill of the process. */
export class Store {
  readonly #db: DatabaseSync

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true })
    this.#db = new DatabaseSync(join(dataDir, 'clearinghouse.sqlite'))
    this.#db.exec(`
      PRAGMA journal_mode = WAL;
      CREATE TABLE IF NOT EXISTS submission (
        id TEXT PRIMARY KEY, key TEXT UNIQUE NOT NULL, digest TEXT NOT NULL, sender TEXT NOT NULL,
        control TEXT NOT NULL, body TEXT NOT NULL, received TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS submission_control ON submission (control);
      CREATE TABLE IF NOT EXISTS file (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
        received TEXT NOT NULL, acknowledged TEXT);
      CREATE INDEX IF NOT EXISTS file_waiting ON file (seq) WHERE acknowledged IS NULL;
      CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
    `)
  }

  /** The submission that an idempotency key stands for, with the digest of its bytes. */
  findKey(key: string): (Stored & { digest: string }) | undefined {
    const row = this.#db.prepare(`SELECT ${submissionColumns}, digest FROM submission WHERE key = ?`).get(key)
    return row as unknown as (Stored & { digest: string }) | undefined
  }

  findControlNumber(controlNumber: string): Stored[] {
    const rows = this.#db.prepare(`SELECT ${submissionColumns} FROM submission WHERE control = ? ORDER BY received`)
    return rows.all(controlNumber) as unknown as Stored[]
  }

  isUsed(sender: string, controlNumber: string): boolean {
    return (
      this.#db.prepare('SELECT 1 FROM submission WHERE sender = ? AND control = ?').get(sender, controlNumber) !==
      undefined
    )
  }

  nextControlNumber(): number {
    const sql = `INSERT INTO counter VALUES ('control', 1) ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value`
    return this.#db.prepare(sql).get()!.value as number
  }

  /** Stores the submission and its answers together, or neither. */
  take({ key, digest, sender, controlNumber, body, replies, receivedAt }: Intake): Stored {
    const submissionId = `sub_${randomUUID()}`
    const submission = this.#db.prepare('INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?, ?)')
    const file = this.#db.prepare('INSERT INTO file (id, kind, body, received) VALUES (?, ?, ?, ?)')
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      submission.run(submissionId, key, digest, sender, controlNumber, body, receivedAt)
      for (const reply of replies) file.run(`file_${randomUUID()}`, reply.kind, reply.text, receivedAt)
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#db.exec('ROLLBACK')
      throw error
    }
    return { submissionId, controlNumber, receivedAt }
  }

  /** Files that were not acknowledged yet, oldest first. */
  waiting(limit: number): Inbound[] {
    const sql =
      'SELECT id AS fileId, kind, received AS receivedAt FROM file WHERE acknowledged IS NULL ORDER BY seq LIMIT ?'
    return this.#db.prepare(sql).all(limit) as unknown as Inbound[]
  }

  fileBody(fileId: string): string | undefined {
    return this.#db.prepare('SELECT body FROM file WHERE id = ?').get(fileId)?.body as string | undefined
  }

  /** False when there is no such file. A second acknowledgement changes nothing. */
  acknowledge(fileId: string, at: string): boolean {
    const sql = 'UPDATE file SET acknowledged = COALESCE(acknowledged, ?) WHERE id = ?'
    return this.#db.prepare(sql).run(at, fileId).changes > 0
  }

  close() {
    this.#db.close()
  }
}

const submissionColumns = 'id AS submissionId, control AS controlNumber, received AS receivedAt'
