import * as z from 'zod'
import { audienceOf, recordExportView } from '../../shared/domain/recordExports/rules.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { patients } from '../../shared/ports/patients.ts'
import { recordExportStatus } from '../../shared/ports/recordExports.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'
import { RecordExportView } from '../../shared/schema/recordExports.ts'

/** The copies of a record that were ordered for whoever asks: a patient's own, or the practice's. */
export default defineAction({
  summary: 'List copies of a record',
  route: 'GET /patients/{patientId}/exports',
  allow: 'record-export:order',
  params: z.strictObject({ patientId: PatientId }),
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(RecordExportView) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'RecordExport/list' },
  limit: 'read',
  timeout: 5,
  uses: { patients, recordExportStatus },

  async handle({ params: { patientId }, query, actor, patients, recordExportStatus, about, fail }) {
    about({ patientId })
    if (actor.type !== 'user') return fail('patient-not-found')
    const [patient, { items, ...rest }] = await Promise.all([
      patients.find(patientId),
      recordExportStatus.ofPatient(patientId, audienceOf(actor), query.limit, query.cursor),
    ])
    if (!patient) return fail('patient-not-found')
    return { ...rest, items: items.map(recordExportView) }
  },
})
