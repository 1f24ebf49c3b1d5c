import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { holdHistory } from '../../shared/ports/holds.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { LegalHold } from '../../shared/schema/retention.ts'

/** The legal holds that a patient's record had, and the one that stands. Why one was placed is not for the patient. */
export default defineAction({
  summary: 'List legal holds',
  route: 'GET /patients/{patientId}/legal-holds',
  allow: 'legal-hold:manage',
  params: z.strictObject({ patientId: PatientId }),
  reply: { status: 200, schema: z.strictObject({ items: z.array(LegalHold) }) },
  audit: { action: 'R', entity: 'LegalHold/list' },
  limit: 'read',
  timeout: 5,
  uses: { holdHistory },

  handle: async ({ params: { patientId }, holdHistory }) => ({ items: await holdHistory.ofPatient(patientId) }),
})
