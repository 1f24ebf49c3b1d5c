import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { psychotherapyList } from '../../shared/ports/psychotherapy.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { PsychotherapyHeading } from '../../shared/schema/notes.ts'
import { page, paging } from '../../shared/schema/paging.ts'

/** Lists the caller's own notes about a patient, newest first and unopened. Whoever wrote none sees none, as if there were none; neither does anybody once the key is destroyed. */
export default defineAction({
  summary: 'List own psychotherapy notes',
  route: 'GET /patients/{patientId}/psychotherapy-notes',
  allow: 'psychotherapy:read',
  params: z.strictObject({ patientId: PatientId }),
  query: z.strictObject(paging),
  reply: { status: 200, schema: page(PsychotherapyHeading) },
  audit: { action: 'R', entity: 'PsychotherapyNote/list' },
  limit: 'read',
  timeout: 5,
  uses: { psychotherapyList },

  async handle({ params: { patientId }, query, psychotherapyList, about }) {
    about({ patientId })
    const [{ items, ...rest }, key] = await Promise.all([
      psychotherapyList.ofPatient(patientId, query.limit, query.cursor),
      psychotherapyList.keyOf(patientId),
    ])
    if (!key) return { items: [] }
    return { items: items.map(({ sealed: _, ...heading }) => heading), ...rest }
  },
})
