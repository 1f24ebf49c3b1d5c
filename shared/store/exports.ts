import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Binding } from '../kernel/port.ts'
import { Export, type ExportRequest } from '../schema/exports.ts'
import type { ExportId, PracticeId, UserId } from '../schema/ids.ts'
import { entity } from './entity.ts'
import { faults } from './faults.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'
import { table, tableName } from './table.ts'

/** How long a file can be fetched: what the bucket keeps it. */
const keptMs = 7 * 86_400_000

/** How long one worker has an export to itself: longer than its function may run, shorter than the queue hides it. */
const leaseMs = 915_000

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
  const { now, signal } = binding

  /** Bookkeeping of the one worker that has it: how far it is, or that it stops. Fails when another has it by now. */
  const note = async (job: Export, change: Partial<Export>): Promise<Export> => {
    const after = { ...job, ...change, updatedAt: now, version: job.version + 1 }
    const fields = Object.entries({ ...change, updatedAt: now, version: after.version })
    await faults(
      table().send(
        new UpdateCommand({
          TableName: tableName(),
          Key: exportKey(job.practiceId, job.exportId),
          UpdateExpression: `SET ${fields.map((_, index) => `#f${index} = :f${index}`).join(', ')}`,
          ConditionExpression: '#version = :version',
          ExpressionAttributeNames: {
            '#version': 'version',
            ...Object.fromEntries(fields.map(([name], index) => [`#f${index}`, name])),
          },
          ExpressionAttributeValues: {
            ':version': job.version,
            ...Object.fromEntries(fields.map(([, value], index) => [`:f${index}`, value])),
          },
        }),
        { abortSignal: signal },
      ),
    )
    return after
  }

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
    async take(exportId: ExportId): Promise<Export | undefined> {
      const command = new UpdateCommand({
        TableName: tableName(),
        Key: exportKey(practiceOf(binding), exportId),
        UpdateExpression:
          'SET #state = :running, leaseUntil = :until, updatedAt = :now ADD attempts :one, version :one',
        ConditionExpression: '#state = :queued OR (#state = :running AND leaseUntil < :now)',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: {
          ':queued': 'queued',
          ':running': 'running',
          ':until': new Date(Date.parse(now) + leaseMs).toJSON(),
          ':now': now,
          ':one': 1,
        },
        ReturnValues: 'ALL_NEW',
      })
      try {
        const { Attributes = {} } = await faults(table().send(command, { abortSignal: signal }))
        return exportEntity.parse(Attributes)
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined
        throw error
      }
    },

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
