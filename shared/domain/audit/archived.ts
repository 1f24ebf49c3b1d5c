import { createHash } from 'node:crypto'
import { AuditEvent, AuditRecord, type SealedManifest } from '../../schema/audit.ts'
import type { Instant } from '../../schema/time.ts'
import { isWhole } from './chain.ts'
import { type EvidenceParts, firstSince, latestSealMs, type Period } from './gather.ts'

/** So many manifests, and their batches, are read at a time. */
const atOnce = 20

/**
 * The records of a practice from the archive, in the order of time, of a moment to before another; after one that was the last
 * before. Batches follow each other by when they were sealed, at most an hour after what is in them: so much is held and put in
 * order. What is not as it was sealed ends it: a trail with a hole must not pass for a whole one.
 */
export async function* archivedEvents(
  { practiceId, from, to }: Period,
  after: string,
  { heads, archive }: Pick<EvidenceParts, 'heads' | 'archive'>,
): AsyncGenerator<AuditEvent> {
  const { sequence: last } = await heads.head()
  const manifest = async (sequence: number) => {
    const sealed = await archive.manifest(sequence)
    if (!sealed) throw new Error(`the archive lacks manifest ${sequence}`)
    return sealed
  }
  const parts = { archive: { manifest, batch: archive.batch } }
  const waiting = new Map<string, AuditEvent>()
  // The stream delivers at least once: what comes again comes within the hour.
  const given = new Set<string>()
  const ripe = (until: Instant | undefined) => {
    const found = [...waiting.values()].filter(({ recordedAt }) => until === undefined || recordedAt < until)
    for (const { auditEventId } of found) {
      waiting.delete(auditEventId)
      given.add(auditEventId)
    }
    return found.sort((a, b) => (a.auditEventId < b.auditEventId ? -1 : 1))
  }
  for (let at = await firstSince(from, last, parts); at <= last; at += atOnce) {
    const sequences = Array.from({ length: Math.min(atOnce, last - at + 1) }, (_, index) => at + index)
    const read = await Promise.all(sequences.map(sequence => batchAt(sequence, parts)))
    for (const { records } of read) {
      for (const record of records) {
        const { auditEventId, recordedAt } = record
        if (record.practiceId !== practiceId || recordedAt < from || recordedAt >= to) continue
        if (auditEventId > after && !given.has(auditEventId))
          waiting.set(auditEventId, AuditEvent.strip().parse(record))
      }
    }
    const sealedAt = read.at(-1)?.sealedAt ?? from
    const until = new Date(Date.parse(sealedAt) - latestSealMs).toJSON()
    yield* ripe(until)
    if (until > to) break
  }
  yield* ripe(undefined)
}

/** The archive where a manifest that is missing is an error. */
interface WholeArchive {
  archive: { manifest: (sequence: number) => Promise<SealedManifest>; batch: EvidenceParts['archive']['batch'] }
}

/** What a manifest names, held against it. */
async function batchAt(sequence: number, { archive }: WholeArchive) {
  const { batch, count, sealedAt } = (await archive.manifest(sequence)).manifest
  const lines = batch ? await archive.batch(batch) : ''
  const records = (lines ?? '').split('\n').filter(Boolean)
  const hash = createHash('sha256')
    .update(lines ?? '')
    .digest('hex')
  if (batch && (records.length !== count || !batch.endsWith(`/${hash}.ndjson`))) {
    throw new Error(`the archive lacks the batch of manifest ${sequence}, or has another`)
  }
  return { sealedAt, records: records.map(line => wholeRecord(line, sequence)) }
}

function wholeRecord(line: string, sequence: number): AuditRecord {
  const record = AuditRecord.parse(JSON.parse(line))
  if (!isWhole(record)) throw new Error(`a record of manifest ${sequence} is not what was written`)
  return record
}
