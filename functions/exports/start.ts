import { hotSince, keptSince } from '../../shared/domain/exports/trailOf.ts'
import { exportView } from '../../shared/domain/exports/view.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { exportQueue } from '../../shared/ports/exportQueue.ts'
import { exportOrders } from '../../shared/ports/exports.ts'
import { ExportRequest, ExportView } from '../../shared/schema/exports.ts'

/** Of what lies in the archive alone, so much is read for one file. */
const longestOldMs = 31 * 86_400_000

/**
 * Orders a file of the practice's audit trail, as FHIR AuditEvents or as a table. A worker writes it, however long it is; it ends at
 * the latest with this moment, so that it is the same whoever writes which part of it. What the table has no more comes from the archive.
 */
export default defineAction({
  summary: 'Order an export',
  route: 'POST /exports',
  allow: 'audit:read',
  stepUp: true,
  body: ExportRequest,
  reply: { status: 202, schema: ExportView },
  problems: ['period-not-kept', 'period-too-long'],
  audit: { action: 'E', entity: 'Export/{exportId}' },
  limit: 'bulk',
  timeout: 10,
  metric: 'ExportsOrdered',
  uses: { exportOrders, exportQueue },

  async handle({ body, actor, exportOrders, exportQueue, now, newId, commit, fail }) {
    if (body.from < keptSince(now) || body.from >= now) return fail('period-not-kept')
    const request = { ...body, to: body.to < now ? body.to : now }
    const isLong = Date.parse(request.to) - Date.parse(request.from) > longestOldMs
    if (isLong && request.from < hotSince(now)) return fail('period-too-long')
    const { job, write } = exportOrders.start(newId('exp'), request, actor.userId)
    await commit(write)
    await exportQueue.send({ practiceId: job.practiceId, exportId: job.exportId })
    return exportView(job)
  },
})
