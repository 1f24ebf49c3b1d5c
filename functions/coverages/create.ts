import { defineAction } from '../../shared/kernel/action.ts'
import { coverageRegister } from '../../shared/ports/coverages.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { practices } from '../../shared/ports/practices.ts'
import { Coverage, CoverageDetails } from '../../shared/schema/coverages.ts'

/** Adds insurance to a patient, with the payer as the practice knows it today. */
export default defineAction({
  summary: 'Add a coverage',
  route: 'POST /coverages',
  allow: 'coverage:create',
  body: CoverageDetails,
  reply: { status: 201, schema: Coverage },
  problems: ['patient-not-found', 'payer-not-found'],
  audit: { action: 'C', entity: 'Coverage/{coverageId}' },
  limit: 'write',
  timeout: 5,
  uses: { coverageRegister, patientCheck, practices },

  async handle({ body, coverageRegister, patientCheck, practices, actor, now, newId, about, commit, fail }) {
    about({ patientId: body.patientId })
    const { payers } = await practices.mine()
    const payer = payers.find(({ payerId }) => payerId === body.payerId)
    if (!payer) return fail('payer-not-found', [{ path: 'body.payerId', message: 'is not a payer of this practice' }])

    const { payerId: _, ...details } = body
    const coverage = { coverageId: newId('cov'), ...details, payer }
    await commit(coverageRegister.add(coverage), patientCheck.mustExist(body.patientId))
    return { ...coverage, practiceId: actor.practiceId, createdAt: now, updatedAt: now, version: 1 }
  },
})
