import * as z from 'zod'
import { deliver, dueBefore, isRipe } from '../../shared/domain/notices/delivery.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { dueNotices, noticeDelivery } from '../../shared/ports/notices.ts'
import { post } from '../../shared/ports/post.ts'

/** Tries again what is still due, the oldest first, and gives up after a day: a lost notice is delayed, and its loss seen. */
export default defineWorker({
  summary: 'Send notices that were not delivered',
  source: { schedule: 'rate(1 minute)' },
  message: z.unknown(),
  audit: { action: 'E', entity: 'Communication/{noticeId}' },
  timeout: 55,
  concurrency: 1,
  uses: { dueNotices, noticeDelivery, post },

  async handle({ dueNotices, noticeDelivery: delivery, post, now, remaining, about, commit, count }) {
    let fault: unknown
    for (let shard = 0; shard < dueNotices.shards; shard++) {
      let cursor: string | undefined
      do {
        const { items, next } = await dueNotices.due(shard, dueBefore(now), cursor)
        for (const notice of items) {
          if (!isRipe(notice, now) || remaining() < 5_000) continue
          // One that breaks must not keep the others from being sent; the run fails when they were.
          await deliver(notice, { delivery, post, now, about, commit, count }).catch(error => {
            fault = error
          })
        }
        cursor = next
      } while (cursor && remaining() > 5_000)
    }
    if (fault) throw fault
  },
})
