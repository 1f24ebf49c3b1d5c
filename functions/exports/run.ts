import { inParts } from '../../shared/domain/exports/parts.ts'
import { trailOf } from '../../shared/domain/exports/trailOf.ts'
import { fileOf, trailWriters } from '../../shared/domain/exports/writers.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { trailInOrder } from '../../shared/ports/auditTrail.ts'
import { exportFiles } from '../../shared/ports/exportFiles.ts'
import { exportQueue } from '../../shared/ports/exportQueue.ts'
import { exportJobs } from '../../shared/ports/exports.ts'
import { archiveReader, sealEnd } from '../../shared/ports/sealing.ts'
import { ExportMessage } from '../../shared/schema/exports.ts'

/** An export that so many workers began on and none brought further is given up. */
const mostAttempts = 5

/** Milliseconds that a part may take: with less left, the rest is the next run's. */
const partMs = 60_000

/**
 * Writes the file of an export, a part at a time. After each part it is noted where the next begins, so that a crash costs one part
 * and memory holds one, however long the file is. What one run does not get done the next goes on with.
 */
export default defineWorker({
  summary: 'Write an export',
  source: { queue: 'exports' },
  message: ExportMessage,
  audit: { action: 'E', entity: 'Export/{exportId}' },
  timeout: 900,
  memory: 1769,
  uses: { archiveReader, exportFiles, exportJobs, exportQueue, sealEnd, trailInOrder },

  async handle({ message, exportFiles, exportJobs, exportQueue, now, remaining, commit, count, ...parts }) {
    let job = await exportJobs.take(message.exportId)
    if (!job) return
    if (job.attempts > mostAttempts) {
      await commit(exportJobs.failed(job))
      count('ExportsFailed', 1)
      return
    }
    const { key, type } = fileOf(job)
    const writer = trailWriters[job.format]
    const sources = { heads: parts.sealEnd, archive: parts.archiveReader, table: parts.trailInOrder }
    const rest = { practiceId: job.practiceId, from: job.reached, to: job.to }
    const events = trailOf(rest, job.after ?? '', now, sources)
    for await (const { text, items, last } of inParts(events, writer, { begins: job.parts.length === 0 })) {
      if (!job.uploadId) job = await exportJobs.began(job, await exportFiles.begin(key, type))
      const etag = await exportFiles.part(key, job.uploadId ?? '', job.parts.length + 1, text)
      job = await exportJobs.advance(job, {
        etag,
        records: job.records + items,
        bytes: job.bytes + Buffer.byteLength(text),
        reached: last.recordedAt,
        after: last.auditEventId,
      })
      if (remaining() > partMs) continue
      await exportJobs.pause(job)
      await exportQueue.send(message)
      return
    }
    if (job.uploadId) await exportFiles.complete(key, job.uploadId, job.parts)
    else await exportFiles.put(key, type, writer.head())
    await commit(exportJobs.done(job))
    count('ExportedRecords', job.records)
  },
})
