import type { Binding } from '../kernel/port.ts'
import { Export, type ExportRequest } from '../schema/exports.ts'
import type { ExportId, PracticeId, UserId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { jobs } from './jobs.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'

/** How long a file can be fetched: what the bucket keeps it. */
const keptMs = 7 * 86_400_000

const exportEntity = entity<Export>({
  name: 'Export',
  schema: Export,
  id: ({ exportId }) => exportId,
  keys: ({ practiceId, exportId }) => exportKey(practiceId, exportId),
  ttl: ({ expiresAt }) => Math.ceil(Date.parse(expiresAt) / 1000) + 86_400,
})

const exportKey = (practiceId: PracticeId, exportId: ExportId) => ({
  pk: `EXPORT#${practiceId}#${exportId}`,
  sk: 'EXPORT',
})

/** Jobs that write a file of many records. */
export const exports = (binding: Binding) => {
  const { now } = binding
  const { note, take } = jobs(exportEntity, binding)

  return {
    start: (exportId: ExportId, request: ExportRequest, requestedBy: UserId) => {
      const job: Export = {
        exportId,
        practiceId: practiceOf(binding),
        ...request,
        state: 'queued',
        requestedBy,
        records: 0,
        bytes: 0,
        reached: request.from,
        attempts: 0,
        parts: [],
        createdAt: now,
        updatedAt: now,
        expiresAt: new Date(Date.parse(now) + keptMs).toJSON(),
        version: 1,
      }
      return { job, write: exportEntity.create(job) }
    },

    async find(exportId: ExportId): Promise<Export | undefined> {
      const item = await getItem(exportKey(practiceOf(binding), exportId), binding)
      return item && exportEntity.parse(item)
    },

    /** Takes an export for this worker alone. Nothing when it is done, or another worker has it. */
    take: (exportId: ExportId): Promise<Export | undefined> => take(exportKey(practiceOf(binding), exportId)),

    /** The upload that is under way: known before its first part is. */
    began: (job: Export, uploadId: string) => note(job, { uploadId }),

    /** A part is in the upload: whoever goes on begins behind it. */
    advance: (
      job: Export,
      { etag, ...change }: Pick<Export, 'records' | 'bytes' | 'reached' | 'after'> & { etag: string },
    ) => note(job, { ...change, parts: [...job.parts, etag] }),

    /** Gives it to whoever is called next. What came this far is no failed attempt. */
    pause: (job: Export) => note(job, { state: 'queued', attempts: 0 }),

    done: (job: Export) => exportEntity.replace(job, { state: 'done', reached: job.to, updatedAt: now }),
    failed: (job: Export) => exportEntity.replace(job, { state: 'failed', updatedAt: now }),
  }
}
