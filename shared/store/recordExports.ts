import type { Binding } from '../kernel/port.ts'
import type { PatientId, PracticeId, RecordExportId } from '../schema/ids.ts'
import { type Audience, RecordExport, RecordExportOrder } from '../schema/recordExports.ts'
import { entity } from './entity.ts'
import { jobs } from './jobs.ts'
import { practiceOf } from './practice.ts'
import { getItem, type Page, queryItems } from './read.ts'

/** How long a file can be fetched: what the bucket keeps it. */
const keptMs = 7 * 86_400_000

const exportEntity = entity<RecordExport>({
  name: 'RecordExport',
  schema: RecordExport,
  id: ({ exportId }) => exportId,
  patientId: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, audience, exportId }) => exportKey(practiceId, patientId, audience, exportId),
  ttl: ({ expiresAt }) => Math.ceil(Date.parse(expiresAt) / 1000) + 86_400,
})

const exportKey = (practiceId: PracticeId, patientId: PatientId, audience: Audience, exportId: RecordExportId) => ({
  pk: `RECORDEXPORT#${practiceId}#${patientId}`,
  sk: `COPY#${forWhom[audience]}#${exportId}`,
})

const orderEntity = entity<RecordExportOrder>({
  name: 'RecordExportOrder',
  schema: RecordExportOrder,
  id: ({ patientId }) => patientId,
  keys: ({ practiceId, patientId, audience }) => orderKey(practiceId, patientId, audience),
  audited: false,
})

const orderKey = (practiceId: PracticeId, patientId: PatientId, audience: Audience) => ({
  pk: `RECORDEXPORT#${practiceId}#${patientId}`,
  sk: `LAST#${forWhom[audience]}`,
})

const forWhom = { patient: 'PATIENT', practice: 'PRACTICE' } as const satisfies Record<Audience, string>

type New = Pick<RecordExport, 'exportId' | 'patientId' | 'audience' | 'requestedBy' | 'reason'> & { total: number }

/** Copies of records. Whose copies the caller may have, the action says. */
export const recordExports = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  const { now } = binding
  const { note, take } = jobs(exportEntity, binding)
  return {
    /** Orders one, as the last of its day so far: of two at once the second is told to look again. */
    order(before: RecordExportOrder | undefined, { total, ...asked }: New) {
      const job: RecordExport = {
        ...asked,
        practiceId,
        state: 'queued',
        sections: { done: 0, total },
        resources: 0,
        bytes: 0,
        attempts: 0,
        createdAt: now,
        updatedAt: now,
        expiresAt: new Date(Date.parse(now) + keptMs).toJSON(),
        version: 1,
      }
      const { patientId, audience, exportId } = asked
      const day = now.slice(0, 10)
      const count = before?.day === day ? before.count + 1 : 1
      const last = before
        ? orderEntity.replace(before, { exportId, day, count })
        : orderEntity.create({ practiceId, patientId, audience, exportId, day, count, version: 1 })
      return { job, writes: [exportEntity.create(job), last] }
    },

    /** What was ordered last of a record. */
    async last(patientId: PatientId, audience: Audience): Promise<RecordExportOrder | undefined> {
      const item = await getItem(orderKey(practiceId, patientId, audience), binding)
      return item && orderEntity.parse(item)
    },

    async find(patientId: PatientId, audience: Audience, exportId: RecordExportId): Promise<RecordExport | undefined> {
      const item = await getItem(exportKey(practiceId, patientId, audience, exportId), binding)
      return item && exportEntity.parse(item)
    },

    /** Newest first. */
    async ofPatient(
      patientId: PatientId,
      audience: Audience,
      limit: number,
      cursor?: string,
    ): Promise<Page<RecordExport>> {
      const prefix = `COPY#${forWhom[audience]}#`
      const run = { pk: `RECORDEXPORT#${practiceId}#${patientId}`, prefix, newestFirst: true, limit, cursor }
      const { items, ...page } = await queryItems(run, binding)
      return { ...page, items: items.map(exportEntity.parse) }
    },

    /** Takes one for this worker alone. */
    take: (patientId: PatientId, audience: Audience, exportId: RecordExportId): Promise<RecordExport | undefined> =>
      take(exportKey(practiceId, patientId, audience, exportId)),

    /** How far it is. Fails when another worker has it by now. */
    advance: (job: RecordExport, progress: Pick<RecordExport, 'sections' | 'resources'>) => note(job, progress),

    done: (job: RecordExport, bytes: number) => exportEntity.replace(job, { state: 'done', bytes, updatedAt: now }),
    failed: (job: RecordExport) => exportEntity.replace(job, { state: 'failed', failure: 'given-up', updatedAt: now }),
  }
}
