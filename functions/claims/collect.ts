import * as z from 'zod'
import { type ClaimNews, newsOf } from '../../shared/domain/claims/news.ts'
import { advance } from '../../shared/domain/claims/transmission.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { claimsOfAnyPractice } from '../../shared/ports/claims.ts'
import { clearinghouse } from '../../shared/ports/clearinghouse.ts'
import { sentInterchanges } from '../../shared/ports/interchanges.ts'

/**
 * Fetches what the clearinghouse says of our claims. A file is acknowledged to it only when all that it says is durable, so
 * a crash in between brings the file again; hearing the same thing twice changes nothing.
 */
export default defineWorker({
  summary: 'Collect acknowledgements of claims',
  source: { schedule: 'rate(1 minute)' },
  message: z.unknown(),
  audit: { action: 'U', entity: 'Claim/{claimId}' },
  timeout: 55,
  concurrency: 1,
  uses: { clearinghouse, sentInterchanges, claimsOfAnyPractice },

  async handle({ clearinghouse, sentInterchanges, claimsOfAnyPractice, now, remaining, about, commit, count }) {
    const tell = async ({ interchangeNumber, acknowledgement, state }: ClaimNews) => {
      const interchange = await sentInterchanges.find(interchangeNumber)
      if (!interchange) return count('AcknowledgementsUnmatched', 1)
      const claims = claimsOfAnyPractice(interchange.practiceId)
      const claim = await claims.find(interchange.claimId)
      // News of an interchange that a corrected claim has replaced is not news of the claim as it is now.
      if (!claim || claim.interchangeNumber !== interchangeNumber || claim.status !== 'active') return
      const known = claim.acknowledgements.some(
        ({ source, outcome, codes }) =>
          source === acknowledgement.source &&
          outcome === acknowledgement.outcome &&
          codes.join() === acknowledgement.codes.join(),
      )
      // What an earlier interchange of the claim was told may be told of this one too, and is news then.
      if (known && advance(claim.transmission, state) === claim.transmission) return
      about({ practiceId: interchange.practiceId, claimId: claim.claimId, patientId: claim.patientId })
      await commit(claims.acknowledge(claim, acknowledgement, advance(claim.transmission, state)))
    }

    const failures: unknown[] = []
    for (const { fileId, kind } of await clearinghouse.inbound(50)) {
      if (remaining() < 5_000) break
      try {
        for (const news of newsOf(kind, await clearinghouse.read(fileId), now)) await tell(news)
        await clearinghouse.acknowledge(fileId)
        count('AcknowledgementsCollected', 1)
      } catch (error) {
        failures.push(error)
      }
    }
    // A file that cannot be read holds up no other: it stays where it is, and the run ends as a failure that an alarm tells of.
    if (failures.length > 0) throw failures[0]
  },
})
