import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { claims } from '../../shared/ports/claims.ts'
import { Claim, TransmissionState } from '../../shared/schema/claims.ts'
import { PatientId } from '../../shared/schema/ids.ts'
import { page, paging } from '../../shared/schema/paging.ts'

const ClaimSummary = Claim.pick({
  claimId: true,
  patientId: true,
  appointmentId: true,
  status: true,
  transmission: true,
  total: true,
  updatedAt: true,
}).meta({ id: 'ClaimSummary' })

const Query = z
  .strictObject({ patientId: PatientId.optional(), transmission: TransmissionState.optional(), ...paging })
  .refine(query => !query.patientId !== !query.transmission, {
    error: 'give either a patientId or a transmission state',
    path: ['transmission'],
  })

/** Lists a patient's claims, or the work that waits in one state: drafts, rejected ones. Newest first. */
export default defineAction({
  summary: 'List claims',
  route: 'GET /claims',
  allow: 'claim:read',
  query: Query,
  reply: { status: 200, schema: page(ClaimSummary) },
  problems: ['patient-not-found'],
  audit: { action: 'R', entity: 'Claim/list' },
  limit: 'read',
  timeout: 5,
  uses: { claims },

  async handle({ query, actor, claims, about, saw, fail }) {
    const { patientId, transmission = 'none', limit, cursor } = query
    about({ patientId })
    if (actor.role === 'patient' && !(patientId && patientId === actor.patientId)) return fail('patient-not-found')
    const { items, next } = patientId
      ? await claims.ofPatient(patientId, limit, cursor)
      : await claims.inState(transmission, limit, cursor)
    saw(items)
    return { items: items.map(summary), ...(next && { next }) }
  },
})

const summary = ({ claimId, patientId, appointmentId, status, transmission, total, updatedAt }: Claim) => ({
  claimId,
  patientId,
  appointmentId,
  status,
  transmission,
  total,
  updatedAt,
})
