import * as z from 'zod'
import { exportView } from '../../shared/domain/exports/view.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { exportStatus } from '../../shared/ports/exports.ts'
import { ExportView } from '../../shared/schema/exports.ts'
import { ExportId } from '../../shared/schema/ids.ts'

/** How far an export is. */
export default defineAction({
  summary: 'Show an export',
  route: 'GET /exports/{exportId}',
  allow: 'audit:read',
  params: z.strictObject({ exportId: ExportId }),
  reply: { status: 200, schema: ExportView },
  problems: ['export-not-found'],
  audit: { action: 'R', entity: 'Export/{exportId}' },
  limit: 'read',
  timeout: 5,
  // A page asks this again and again while nobody is at it.
  idle: 'stays',
  uses: { exportStatus },

  async handle({ params, exportStatus, fail }) {
    const job = await exportStatus.find(params.exportId)
    return job ? exportView(job) : fail('export-not-found')
  },
})
