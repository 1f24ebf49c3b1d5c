import * as z from 'zod'
import { scrub } from '../../shared/domain/claims/scrub.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { claimRecord } from '../../shared/ports/claims.ts'
import { outbox } from '../../shared/ports/outbox.ts'
import { patientCheck } from '../../shared/ports/patients.ts'
import { Finding } from '../../shared/schema/claims.ts'
import { ClaimId } from '../../shared/schema/ids.ts'

const ClaimSubmission = z
  .strictObject({
    claimId: ClaimId,
    status: z.literal('active'),
    transmission: z.literal('queued'),
    /** What a person should look at; it does not stop the claim. */
    warnings: z.array(Finding),
  })
  .meta({ id: 'ClaimSubmission' })

/** Accepts a draft for submission: the claim and its place in the outbox change in one transaction, so it is sent once. */
export default defineAction({
  summary: 'Submit a claim to its payer',
  route: 'POST /claims/{claimId}/submission',
  allow: 'claim:submit',
  params: z.strictObject({ claimId: ClaimId }),
  reply: { status: 202, schema: ClaimSubmission },
  problems: ['claim-not-found', 'claim-not-draft', 'claim-has-findings', 'withheld-from-payers'],
  audit: { action: 'E', entity: 'Claim/{claimId}' },
  limit: 'write',
  timeout: 10,
  metric: 'ClaimsSubmitted',
  uses: { claimRecord, outbox, patientCheck },

  async handle({ params: { claimId }, claimRecord, outbox, patientCheck, now, about, commit, fail }) {
    const claim = await claimRecord.find(claimId)
    if (!claim) return fail('claim-not-found')
    about({ patientId: claim.patientId })
    if (claim.status !== 'draft') return fail('claim-not-draft')

    const findings = scrub(claim, now.slice(0, 10))
    const errors = findings.filter(({ severity }) => severity === 'error')
    if (errors.length > 0) return fail('claim-has-findings', errors)

    await commit(
      claimRecord.activate(claim),
      outbox.enqueue(claimId, claim.version + 1),
      patientCheck.mayTellPayers(claim.patientId),
    )
    return { claimId, status: 'active' as const, transmission: 'queued' as const, warnings: findings }
  },
})
