import * as z from 'zod'
import { isOverdue, nextReviewDay } from '../../shared/domain/audit/reviewDay.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { reviewDays } from '../../shared/ports/auditReviews.ts'
import { allPractices } from '../../shared/ports/practices.ts'
import { reviewQueue } from '../../shared/ports/reviewQueue.ts'

/**
 * Asks for the review of each practice's next day that is over by its own calendar. One day of a practice at a time, in their order:
 * what a run misses the next one asks for, and twenty-four days are made up for in a day.
 */
export default defineWorker({
  summary: 'Ask for the activity review of each practice',
  source: { schedule: 'rate(1 hour)' },
  message: z.unknown(),
  audit: { action: 'E', entity: 'AuditReview/due' },
  timeout: 120,
  concurrency: 1,
  uses: { allPractices, reviewDays, reviewQueue },

  async handle({ allPractices, reviewDays, reviewQueue, now, remaining, count }) {
    let [asked, overdue] = [0, 0]
    let cursor: string | undefined
    do {
      const { items, next } = await allPractices.all(cursor)
      for (const practice of items) {
        const { practiceId, zone } = practice
        const day = nextReviewDay(await reviewDays.lastDay(practiceId), practice, now)
        if (!day) continue
        await reviewQueue.send({ practiceId, day })
        asked++
        if (isOverdue(day, zone, now)) overdue++
      }
      cursor = next
    } while (cursor && remaining() > 5_000)
    count('AuditReviewsAsked', asked)
    count('AuditReviewsOverdue', overdue)
  },
})
