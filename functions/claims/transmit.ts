import { advance } from '../../shared/domain/claims/transmission.ts'
import { build837P } from '../../shared/domain/x12/professional.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { claimRecord } from '../../shared/ports/claims.ts'
import { clearinghouse } from '../../shared/ports/clearinghouse.ts'
import { disclosureRegister } from '../../shared/ports/disclosures.ts'
import { interchanges } from '../../shared/ports/interchanges.ts'
import { outgoing } from '../../shared/ports/outbox.ts'
import type { Claim } from '../../shared/schema/claims.ts'
import { SubmissionMessage } from '../../shared/schema/submissions.ts'
import type { Instant } from '../../shared/schema/time.ts'

/**
 * Sends one claim. The bytes and their control number are kept before anything is sent; after a crash or an answer that
 * never came the clearinghouse is asked whether it has that number before the very same bytes go out again.
 */
export default defineWorker({
  summary: 'Transmit a claim to the clearinghouse',
  source: { queue: 'claims' },
  message: SubmissionMessage,
  audit: { action: 'E', entity: 'Claim/{claimId}' },
  timeout: 30,
  uses: { claimRecord, clearinghouse, disclosureRegister, interchanges, outgoing },

  async handle({ message, claimRecord, clearinghouse, disclosureRegister, interchanges, outgoing, ...tools }) {
    const { actor, now, newId, about, commit, count } = tools
    const taken = await outgoing.take(message)
    if (!taken) return
    const claim = await claimRecord.find(message.claimId)
    if (!claim) throw new Error('a submission has no claim')
    about({ claimId: claim.claimId, patientId: claim.patientId })

    let submission = taken
    let interchange = taken.interchangeNumber ? await interchanges.find(taken.interchangeNumber) : undefined
    let arrived = false
    if (interchange) {
      arrived = await clearinghouse.has(interchange.interchangeNumber)
    } else {
      const interchangeNumber = await interchanges.nextNumber()
      const envelope = { ...(await clearinghouse.account()), interchangeNumber, at: now }
      const kept = {
        interchangeNumber,
        practiceId: message.practiceId,
        claimId: claim.claimId,
        patientId: claim.patientId,
        bytes: build837P(claim, envelope),
      }
      await commit(
        interchanges.keep(kept),
        outgoing.numbered(submission, interchangeNumber),
        claimRecord.leaving(claim, interchangeNumber),
      )
      submission = { ...submission, interchangeNumber, version: submission.version + 1 }
      interchange = { ...kept, createdAt: now, version: 1 }
    }

    const { interchangeNumber, bytes } = interchange
    const outcome = arrived ? 'accepted' : await clearinghouse.submit(interchangeNumber, bytes)
    count(`Transmission-${outcome}`, 1)
    if (outcome === 'not-sent') await outgoing.release(submission)
    if (outcome === 'not-sent' || outcome === 'unknown')
      throw new Error(`the clearinghouse did not take it: ${outcome}`)
    // The clearinghouse may have answered already, and the answer been collected: the claim moves on, never back.
    const latest = (await claimRecord.find(claim.claimId)) ?? claim
    const state = advance(latest.transmission, outcome === 'refused' ? 'rejected' : 'sent')
    // One that was rejected and corrected meanwhile is in this interchange no more: it has its next submission to wait for.
    const moved = latest.interchangeNumber === interchangeNumber ? [claimRecord.moved(latest, state)] : []
    // Refused or not, the clearinghouse has seen it.
    const { write } = disclosureRegister.note(newId('dis'), claim.patientId, sentTo(claim, now), actor.id)
    await commit(...moved, outgoing.done(submission), write)
  },
})

/** What a claim discloses, and to whom: the clearinghouse acts for the payer. */
const sentTo = ({ payer }: Claim, disclosedAt: Instant) =>
  ({
    disclosedAt,
    recipient: { name: payer.name },
    what: 'A claim: identity, coverage, diagnoses and procedures',
    purpose: 'Payment',
    legalBasis: 'payment',
  }) as const
