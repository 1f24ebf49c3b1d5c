import { newReview } from '../../shared/domain/audit/review.ts'
import { dayIn } from '../../shared/domain/scheduling/wallTime.ts'
import { Problem } from '../../shared/kernel/problem.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { workforce } from '../../shared/ports/agents.ts'
import { auditReviewRecords } from '../../shared/ports/auditReviews.ts'
import { trailInOrder } from '../../shared/ports/auditTrail.ts'
import { patientsById } from '../../shared/ports/patients.ts'
import { practices } from '../../shared/ports/practices.ts'
import { ReviewMessage } from '../../shared/schema/auditReviews.ts'

/**
 * Looks through a day of a practice's trail, by its own calendar, for what is unusual (45 CFR 164.308(a)(1)(ii)(D)), and keeps the
 * review with what it found in one transaction: a day is reviewed once, or not yet.
 */
export default defineWorker({
  summary: 'Review a day of the audit trail',
  source: { queue: 'reviews' },
  message: ReviewMessage,
  audit: { action: 'C', entity: 'AuditReview/{day}' },
  timeout: 900,
  memory: 1769,
  uses: { auditReviewRecords, patientsById, practices, trailInOrder, workforce },

  async handle({
    message: { day },
    auditReviewRecords,
    patientsById,
    practices,
    trailInOrder,
    workforce,
    commit,
    count,
  }) {
    if (await auditReviewRecords.find(day)) return
    const [{ zone }, thresholds] = [await practices.mine(), await auditReviewRecords.thresholds()]
    const period = dayIn(day, zone)
    const review = newReview(thresholds, zone)
    for await (const event of trailInOrder.inOrder(period)) review.see(event)

    const people = await workforce.workforce(review.people())
    const patients = new Map(
      (await patientsById.several(review.patients())).map(({ patientId, confidentiality, email, phone, name }) => [
        patientId,
        { confidential: confidentiality !== 'normal', email, phone, familyName: name.family },
      ]),
    )
    const anomalies = review.anomalies({ person: id => people.get(id), patient: id => patients.get(id) })
    const kept = { day, zone, ...period, records: review.records(), thresholds }
    try {
      await commit(...auditReviewRecords.keep(kept, anomalies))
    } catch (error) {
      // Another run has reviewed this day meanwhile.
      if (error instanceof Problem && error.code === 'conflict') return
      throw error
    }
    count('AuditReviews', 1)
    count('AuditFindings', anomalies.length)
  },
})
