import * as z from 'zod'
import { isOver } from '../../shared/domain/exports/view.ts'
import { fileOf } from '../../shared/domain/exports/writers.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { exportLinks } from '../../shared/ports/exportFiles.ts'
import { exportStatus } from '../../shared/ports/exports.ts'
import { ExportDownload } from '../../shared/schema/exports.ts'
import { ExportId } from '../../shared/schema/ids.ts'

/** A link to the file of an export that is done. Each link works for five minutes and has a record of its own in the trail. */
export default defineAction({
  summary: 'Download an export',
  route: 'POST /exports/{exportId}/downloads',
  allow: 'audit:read',
  stepUp: true,
  params: z.strictObject({ exportId: ExportId }),
  reply: { status: 201, schema: ExportDownload },
  problems: ['export-not-found', 'export-not-done'],
  audit: { action: 'E', entity: 'Export/{exportId}' },
  limit: 'bulk',
  timeout: 5,
  metric: 'ExportsDownloaded',
  uses: { exportLinks, exportStatus },

  async handle({ params, exportLinks, exportStatus, now, fail }) {
    const job = await exportStatus.find(params.exportId)
    if (!job || isOver(job, now)) return fail('export-not-found')
    if (job.state !== 'done') return fail('export-not-done')
    const { key, name } = fileOf(job)
    return exportLinks.link(key, name)
  },
})
