import { DatabaseSync } from 'node:sqlite'

const dayInSeconds = 86_400

/** Who the stream says deleted an expired item. */
const timeToLive = JSON.stringify({ type: 'Service', principalId: 'dynamodb.amazonaws.com' })

/**
 * Adds to the engine's file what it lacks, while it runs: the index without which each streamed write scans all the stream
 * records before it, and a trigger that marks the deletions of the expiry sweep as the TTL service's.
 */
export function prepareFile(file: string) {
  using database = open(file)
  database.exec(`
    CREATE INDEX IF NOT EXISTS sr_seq ON _stream_records(table_name, CAST(sequence_number AS INTEGER));
    CREATE TABLE IF NOT EXISTS _local_sweep(table_name TEXT PRIMARY KEY, path TEXT NOT NULL, before INTEGER NOT NULL);
    DELETE FROM _local_sweep;
    CREATE TRIGGER IF NOT EXISTS _local_expired AFTER INSERT ON _stream_records
      WHEN NEW.event_name = 'REMOVE' AND EXISTS (
        SELECT 1 FROM _local_sweep s WHERE s.table_name = NEW.table_name
        AND CAST(json_extract(NEW.old_image, s.path) AS INTEGER) <= s.before)
      BEGIN UPDATE _stream_records SET user_identity = '${timeToLive}' WHERE id = NEW.id; END;
  `)
  trimStreams(database)
}

/** Runs `sweep` with its deletions of items that expired before `before` marked in the stream. */
export async function marked(
  file: string,
  table: string,
  attribute: string,
  before: number,
  sweep: () => Promise<void>,
) {
  using database = open(file)
  database
    .prepare('INSERT OR REPLACE INTO _local_sweep VALUES (?, ?, ?)')
    .run(table, `$.${JSON.stringify(attribute)}.N`, before)
  try {
    await sweep()
  } finally {
    database.prepare('DELETE FROM _local_sweep WHERE table_name = ?').run(table)
    trimStreams(database)
  }
}

/**
 * The items of a table whose TTL attribute lies between two times, in seconds, straight from the file: a Scan of a large
 * table each minute would be felt. The index holds only items that expire.
 */
export function expiredItems(file: string, table: string, attribute: string, from: number, to: number): string[] {
  using database = open(file)
  const path = `$.${JSON.stringify(attribute)}.N`.replaceAll("'", "''")
  const name = `"${table.replaceAll('"', '""')}"`
  const expiry = `CAST(json_extract(item_json, '${path}') AS INTEGER)`
  const expires = `json_extract(item_json, '${path}') IS NOT NULL`
  database.exec(`CREATE INDEX IF NOT EXISTS "_local_ttl_${table}" ON ${name}(${expiry}) WHERE ${expires}`)
  const found = database
    .prepare(`SELECT item_json FROM ${name} WHERE ${expires} AND ${expiry} BETWEEN ? AND ?`)
    .all(from, to) as { item_json: string }[]
  return found.map(({ item_json }) => item_json)
}

/** Streams keep a day. Each table's newest record stays, because the engine counts its next number from it. */
function trimStreams(database: DatabaseSync) {
  database
    .prepare(
      `DELETE FROM _stream_records WHERE created_at < ? AND id NOT IN (SELECT max(id) FROM _stream_records GROUP BY table_name)`,
    )
    .run(Math.floor(Date.now() / 1_000) - dayInSeconds)
}

const open = (file: string) => new DatabaseSync(file, { timeout: 5_000 })
