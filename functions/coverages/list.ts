import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { coverages } from '../../shared/ports/coverages.ts'
import { Coverage } from '../../shared/schema/coverages.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** Lists a patient's insurance, newest first. */
export default defineAction({
  summary: "List a patient's coverages",
  route: 'GET /patients/{patientId}/coverages',
  allow: 'coverage:read',
  params: z.strictObject({ patientId: PatientId }),
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(Coverage) },
  audit: { action: 'R', entity: 'Patient/{patientId}' },
  limit: 'read',
  timeout: 5,
  uses: { coverages },

  async handle({ params, query, coverages }) {
    return coverages.ofPatient(params.patientId, query.limit, query.cursor)
  },
})
