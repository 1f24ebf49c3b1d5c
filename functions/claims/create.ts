import * as z from 'zod'
import { chargeOf } from '../../shared/domain/claims/charge.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { billedAppointments } from '../../shared/ports/appointments.ts'
import { claimRecord } from '../../shared/ports/claims.ts'
import { coverages } from '../../shared/ports/coverages.ts'
import { billedPatients } from '../../shared/ports/patients.ts'
import { practices } from '../../shared/ports/practices.ts'
import { practitioners } from '../../shared/ports/practitioners.ts'
import { ClaimContent, ClaimView } from '../../shared/schema/claims.ts'
import { AppointmentId, CoverageId, PatientId, PractitionerId } from '../../shared/schema/ids.ts'

/**
 * Drafts a claim for a completed appointment. It copies what it needs from the chart, so that what was billed can always be
 * shown, and marks the appointment in the same transaction, so that a visit is not billed twice.
 */
export default defineAction({
  summary: 'Draft a claim',
  route: 'POST /claims',
  allow: 'claim:create',
  body: z.strictObject({
    appointmentId: AppointmentId,
    patientId: PatientId,
    coverageId: CoverageId,
    renderingPractitionerId: PractitionerId,
    content: ClaimContent,
  }),
  reply: { status: 201, schema: ClaimView },
  problems: [
    'appointment-not-found',
    'appointment-not-fulfilled',
    'already-claimed',
    'patient-not-found',
    'coverage-not-found',
    'practitioner-not-found',
    'claim-parties-differ',
  ],
  audit: { action: 'C', entity: 'Claim/{claimId}' },
  limit: 'write',
  timeout: 10,
  metric: 'ClaimsDrafted',
  uses: { billedAppointments, claimRecord, coverages, billedPatients, practices, practitioners },

  async handle({
    body,
    billedAppointments,
    claimRecord,
    coverages,
    billedPatients,
    practices,
    practitioners,
    newId,
    about,
    commit,
    fail,
  }) {
    about({ patientId: body.patientId })
    const [appointment, patient, coverage, practitioner, practice] = await Promise.all([
      billedAppointments.find(body.appointmentId),
      billedPatients.find(body.patientId),
      coverages.find(body.coverageId),
      practitioners.find(body.renderingPractitionerId),
      practices.mine(),
    ])
    if (!appointment) return fail('appointment-not-found', [{ path: 'body.appointmentId', message: 'is not known' }])
    if (!patient) return fail('patient-not-found', [{ path: 'body.patientId', message: 'is not known' }])
    if (!coverage) return fail('coverage-not-found', [{ path: 'body.coverageId', message: 'is not known' }])
    if (!practitioner) {
      return fail('practitioner-not-found', [{ path: 'body.renderingPractitionerId', message: 'is not known' }])
    }
    if (appointment.patientId !== body.patientId || coverage.patientId !== body.patientId) {
      return fail('claim-parties-differ', [
        { path: 'body.patientId', message: "must be the appointment's and coverage's own" },
      ])
    }
    if (appointment.practitionerId !== body.renderingPractitionerId) {
      return fail('claim-parties-differ', [
        { path: 'body.renderingPractitionerId', message: "must be the appointment's own" },
      ])
    }
    if (appointment.status !== 'fulfilled') return fail('appointment-not-fulfilled')
    if (appointment.claimId) return fail('already-claimed')

    const { practitionerId, name, npi, taxonomy } = practitioner
    const { draft, write } = claimRecord.draft({
      claimId: newId('clm'),
      patientId: body.patientId,
      appointmentId: body.appointmentId,
      coverageId: body.coverageId,
      billing: practice.billing,
      rendering: { practitionerId, name, npi, taxonomy },
      payer: coverage.payer,
      subscriber: coverage.subscriber,
      relationship: coverage.relationship,
      patient: { name: patient.name, birthDate: patient.birthDate, gender: patient.gender, address: patient.address },
      coverageStart: coverage.start,
      coverageEnd: coverage.end,
      content: body.content,
      total: chargeOf(body.content),
    })
    await commit(write, billedAppointments.claimed(appointment, draft.claimId))
    return draft
  },
})
