import * as z from 'zod'
import { copyOf } from '../../shared/domain/recordExports/files.ts'
import { audienceOf, isGone } from '../../shared/domain/recordExports/rules.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { exportLinks } from '../../shared/ports/exportFiles.ts'
import { patients } from '../../shared/ports/patients.ts'
import { recordExportStatus } from '../../shared/ports/recordExports.ts'
import { ExportDownload } from '../../shared/schema/exports.ts'
import { PatientId, RecordExportId } from '../../shared/schema/ids.ts'

/** A link to a copy that is done, for five minutes. A restriction that was agreed to meanwhile holds here too. */
export default defineAction({
  summary: 'Download a copy of a record',
  route: 'POST /patients/{patientId}/exports/{exportId}/download',
  allow: 'record-export:order',
  stepUp: true,
  params: z.strictObject({ patientId: PatientId, exportId: RecordExportId }),
  reply: { status: 201, schema: ExportDownload },
  problems: ['export-not-found', 'export-not-done'],
  audit: { action: 'E', entity: 'RecordExport/{exportId}' },
  limit: 'bulk',
  timeout: 5,
  metric: 'RecordExportsDownloaded',
  uses: { exportLinks, patients, recordExportStatus },

  async handle({ params: { patientId, exportId }, actor, exportLinks, patients, recordExportStatus, ...more }) {
    const { now, about, fail } = more
    about({ patientId })
    const [patient, job] = await Promise.all([
      patients.find(patientId),
      recordExportStatus.find(patientId, audienceOf(actor), exportId),
    ])
    if (!patient || !job || isGone(job, now)) return fail('export-not-found')
    if (job.state !== 'done') return fail('export-not-done')
    const { key, name } = copyOf(job)
    return exportLinks.link(key, name)
  },
})
