import * as z from 'zod'
import { sections } from '../../shared/domain/recordExports/files.ts'
import { audienceOf, dailyCopies, isUnderWay, recordExportView } from '../../shared/domain/recordExports/rules.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { notices } from '../../shared/ports/notices.ts'
import { patients } from '../../shared/ports/patients.ts'
import { recordExportQueue } from '../../shared/ports/recordExportQueue.ts'
import { recordExportOrders } from '../../shared/ports/recordExports.ts'
import { patientAccounts } from '../../shared/ports/users.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { RecordExportRequest, RecordExportView } from '../../shared/schema/recordExports.ts'

/**
 * Orders a copy of all that is kept about a patient (45 CFR 164.524, GDPR art. 15 and 20). While one is being written the same
 * order answers that one, and calls its worker once more: an order whose answer was lost is sent again without harm.
 */
export default defineAction({
  summary: 'Order a copy of a record',
  route: 'POST /patients/{patientId}/exports',
  allow: 'record-export:order',
  stepUp: true,
  params: z.strictObject({ patientId: PatientId }),
  body: RecordExportRequest,
  reply: { status: 202, schema: RecordExportView },
  problems: ['patient-not-found', 'reason-missing', 'too-many-record-exports'],
  audit: { action: 'E', entity: 'RecordExport/{exportId}' },
  limit: 'bulk',
  timeout: 10,
  metric: 'RecordExportsOrdered',
  uses: { notices, patientAccounts, patients, recordExportOrders, recordExportQueue },

  async handle({ params: { patientId }, body, actor, notices, patientAccounts, patients, ...more }) {
    const { recordExportOrders, recordExportQueue, now, newId, about, commit, fail } = more
    about({ patientId })
    const audience = audienceOf(actor)
    const [patient, last, accounts] = await Promise.all([
      patients.find(patientId),
      recordExportOrders.last(patientId, audience),
      patientAccounts.ofPatient(patientId),
    ])
    if (!patient) return fail('patient-not-found')
    if (audience === 'practice' && !body.reason)
      return fail('reason-missing', [{ path: 'body.reason', message: 'is missing' }])
    const { practiceId } = actor
    const open = last && (await recordExportOrders.find(patientId, audience, last.exportId))
    if (open && isUnderWay(open, now)) {
      about({ exportId: open.exportId })
      await recordExportQueue.send({ practiceId, patientId, audience, exportId: open.exportId })
      return recordExportView(open)
    }
    if (last?.day === now.slice(0, 10) && last.count >= dailyCopies) {
      const tomorrow = Date.parse(`${now.slice(0, 10)}T00:00:00.000Z`) + 86_400_000
      return fail('too-many-record-exports', [], Math.ceil((tomorrow - Date.parse(now)) / 1_000))
    }
    const asked = { exportId: newId('rex'), patientId, audience, requestedBy: actor.userId, total: sections.length }
    const { job, writes } = recordExportOrders.order(last, { ...asked, ...(body.reason && { reason: body.reason }) })
    about({ exportId: job.exportId })
    await commit(
      ...writes,
      ...accounts.slice(0, 10).map(user => notices.tell(newId('ntc'), user, 'record-export-requested')),
    )
    await recordExportQueue.send({ practiceId, patientId, audience, exportId: job.exportId })
    return recordExportView(job)
  },
})
