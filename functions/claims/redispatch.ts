import * as z from 'zod'
import { plusMinutes } from '../../shared/domain/scheduling/wallTime.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { waitingSubmissions } from '../../shared/ports/outbox.ts'
import { submissionQueue } from '../../shared/ports/submissionQueue.ts'
import { Submission } from '../../shared/schema/submissions.ts'
import type { Instant } from '../../shared/schema/time.ts'

/** Minutes after which a submission that is still here is called again. */
const patience = 2

/** Calls the sender again for what has waited too long: a lost message delays a claim, and never loses it. */
export default defineWorker({
  summary: 'Queue submissions that were forgotten',
  source: { schedule: 'rate(1 minute)' },
  message: z.unknown(),
  audit: { action: 'E', entity: 'Claim/waiting' },
  timeout: 55,
  concurrency: 1,
  uses: { waitingSubmissions, submissionQueue },

  async handle({ waitingSubmissions, submissionQueue, now, remaining, count }) {
    let again = 0
    for (let shard = 0; shard < waitingSubmissions.shards; shard++) {
      let cursor: string | undefined
      do {
        const { items, next } = await waitingSubmissions.waiting(shard, plusMinutes(now, -patience), cursor)
        for (const waiting of items.map(item => Submission.parse(item))) {
          if (!isDue(waiting, now)) continue
          const { practiceId, claimId, submission } = waiting
          await submissionQueue.send({ practiceId, claimId, submission })
          again++
        }
        cursor = next
      } while (cursor && remaining() > 5_000)
    }
    count('SubmissionsRequeued', again)
  },
})

/** Each failed attempt doubles the wait, up to an hour: an outage of the clearinghouse must not fill the queue. */
const isDue = ({ attempts, createdAt, leaseUntil }: Submission, now: Instant): boolean =>
  plusMinutes(leaseUntil ?? createdAt, Math.min(60, patience * 2 ** Math.max(0, attempts - 1))) <= now
