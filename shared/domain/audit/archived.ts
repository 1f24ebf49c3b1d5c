import { createHash } from 'node:crypto'
import { AuditEvent, AuditRecord, type SealedManifest } from '../../schema/audit.ts'
import type { Instant } from '../../schema/time.ts'
import { isWhole } from './chain.ts'
import { type EvidenceParts, firstSince, latestSealMs, type Period, streamKeepsMs } from './gather.ts'

/** So many manifests, and their batches, are read at a time. */
const atOnce = 20

/**
 * The records of a practice from the archive, in the order of time, of a moment to before another; after one that was the last
 * before. The sealer takes them as they were made, an hour out of turn at most, however far it is behind: so much is held and put in
 * order. What is missing, not as it was sealed, or further out of turn ends it: a trail with a hole must not pass for a whole one.
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
  const line = inTurn()
  for (let at = await firstSince(from, last, parts); at <= last; at += atOnce) {
    const sequences = Array.from({ length: Math.min(atOnce, last - at + 1) }, (_, index) => at + index)
    const read = await Promise.all(sequences.map(sequence => batchAt(sequence, parts)))
    for (const { auditEventId, recordedAt, ...record } of read.flatMap(({ records }) => records)) {
      line.reached(recordedAt)
      if (record.practiceId !== practiceId || recordedAt < from || recordedAt >= to || auditEventId <= after) continue
      line.add(AuditEvent.strip().parse({ auditEventId, recordedAt, ...record }))
    }
    yield* line.ready()
    const sealedAt = Date.parse(read.at(-1)?.sealedAt ?? from)
    if (line.isPast(to) || sealedAt - streamKeepsMs > Date.parse(to)) break
  }
  yield* line.rest()
}

/** Records that wait until none can come any more that belongs before them. */
function inTurn() {
  const waiting = new Map<string, AuditEvent>()
  // The stream delivers at least once: what was given is known for as long as it can come again.
  const given = new Map<string, number>()
  let newest = 0
  let until = Number.NEGATIVE_INFINITY

  const give = (isRipe: (recordedAt: number) => boolean): AuditEvent[] => {
    const found = [...waiting.values()].filter(({ recordedAt }) => isRipe(Date.parse(recordedAt)))
    for (const { auditEventId, recordedAt } of found) {
      waiting.delete(auditEventId)
      given.set(auditEventId, Date.parse(recordedAt))
    }
    for (const [id, at] of given) if (at < until - streamKeepsMs) given.delete(id)
    return found.sort((a, b) => (a.auditEventId < b.auditEventId ? -1 : 1))
  }

  return {
    /** Something of this moment was sealed, whosever it is. */
    reached(recordedAt: Instant): void {
      newest = Math.max(newest, Date.parse(recordedAt))
    },
    add(event: AuditEvent): void {
      if (given.has(event.auditEventId)) return
      if (Date.parse(event.recordedAt) < until) throw new Error(`${event.auditEventId} was sealed out of turn`)
      waiting.set(event.auditEventId, event)
    },
    ready(): AuditEvent[] {
      until = newest - latestSealMs
      return give(recordedAt => recordedAt < until)
    },
    isPast: (moment: Instant): boolean => until > Date.parse(moment),
    rest: (): AuditEvent[] => give(() => true),
  }
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
