import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { claims } from '../../shared/ports/claims.ts'
import { ClaimView } from '../../shared/schema/claims.ts'
import { ClaimId } from '../../shared/schema/ids.ts'

/** Shows a claim, how far it has come, and what was said of it. */
export default defineAction({
  summary: 'Show a claim',
  route: 'GET /claims/{claimId}',
  allow: 'claim:read',
  params: z.strictObject({ claimId: ClaimId }),
  reply: { status: 200, schema: ClaimView },
  problems: ['claim-not-found'],
  audit: { action: 'R', entity: 'Claim/{claimId}' },
  limit: 'read',
  timeout: 5,
  uses: { claims },

  async handle({ params, claims, about, fail }) {
    const claim = await claims.find(params.claimId)
    if (!claim) return fail('claim-not-found')
    about({ patientId: claim.patientId })
    return claim
  },
})
