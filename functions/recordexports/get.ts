import * as z from 'zod'
import { audienceOf, recordExportView } from '../../shared/domain/recordExports/rules.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { patients } from '../../shared/ports/patients.ts'
import { recordExportStatus } from '../../shared/ports/recordExports.ts'
import { PatientId, RecordExportId } from '../../shared/schema/ids.ts'
import { RecordExportView } from '../../shared/schema/recordExports.ts'

/** How far a copy of a record is. */
export default defineAction({
  summary: 'Show a copy of a record',
  route: 'GET /patients/{patientId}/exports/{exportId}',
  allow: 'record-export:order',
  params: z.strictObject({ patientId: PatientId, exportId: RecordExportId }),
  reply: { status: 200, schema: RecordExportView },
  problems: ['export-not-found'],
  audit: { action: 'R', entity: 'RecordExport/{exportId}' },
  limit: 'read',
  timeout: 5,
  // A page asks this again and again while nobody is at it.
  idle: 'stays',
  uses: { patients, recordExportStatus },

  async handle({ params: { patientId, exportId }, actor, patients, recordExportStatus, about, fail }) {
    about({ patientId })
    if (actor.type !== 'user') return fail('export-not-found')
    const [patient, job] = await Promise.all([
      patients.find(patientId),
      recordExportStatus.find(patientId, audienceOf(actor), exportId),
    ])
    return patient && job ? recordExportView(job) : fail('export-not-found')
  },
})
