import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { erasureList } from '../../shared/ports/erasures.ts'
import { Erasure, ErasureStatus } from '../../shared/schema/erasures.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'

const Query = z
  .strictObject({ patientId: PatientId.optional(), status: ErasureStatus.optional(), ...paging })
  .refine(query => !query.patientId !== !query.status, {
    error: 'give either a patientId or a status',
    path: ['status'],
  })

/** Lists a patient's requests, newest first, or those in a status, oldest first. A patient sees their own, with the answer. */
export default defineAction({
  summary: 'List erasures',
  route: 'GET /erasures',
  allow: 'erasure:read',
  query: Query,
  reply: { status: 200, schema: page(Erasure) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'Erasure/list' },
  limit: 'read',
  timeout: 5,
  uses: { erasureList },

  async handle({ query, actor, erasureList, about, saw, fail }) {
    const { patientId, status = 'requested', limit, cursor } = query
    about({ patientId })
    if (actor.role === 'patient' && !(patientId && patientId === actor.patientId)) return fail('patient-not-found')
    const found = patientId
      ? await erasureList.ofPatient(patientId, limit, cursor)
      : await erasureList.inStatus(status, limit, cursor)
    saw(found.items)
    return found
  },
})
