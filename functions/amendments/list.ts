import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { amendmentList } from '../../shared/ports/amendments.ts'
import { Amendment } from '../../shared/schema/amendments.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'

const Query = z
  .strictObject({ patientId: PatientId.optional(), status: Amendment.shape.status.optional(), ...paging })
  .refine(query => !query.patientId !== !query.status, {
    error: 'give either a patientId or a status',
    path: ['status'],
  })

/** Lists a patient's requests, newest first, or those in a status, what is due first. A patient sees their own. */
export default defineAction({
  summary: 'List amendments',
  route: 'GET /amendments',
  allow: 'amendment:read',
  query: Query,
  reply: { status: 200, schema: page(Amendment) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'Amendment/list' },
  limit: 'read',
  timeout: 5,
  uses: { amendmentList },

  async handle({ query, actor, amendmentList, about, saw, fail }) {
    const { patientId, status = 'requested', limit, cursor } = query
    about({ patientId })
    if (actor.role === 'patient' && !(patientId && patientId === actor.patientId)) return fail('patient-not-found')
    const found = patientId
      ? await amendmentList.ofPatient(patientId, limit, cursor)
      : await amendmentList.inStatus(status, limit, cursor)
    saw(found.items)
    return found
  },
})
