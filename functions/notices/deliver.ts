import { deliver } from '../../shared/domain/notices/delivery.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { noticeDelivery } from '../../shared/ports/notices.ts'
import { post } from '../../shared/ports/post.ts'
import { Notice } from '../../shared/schema/notices.ts'

/** Sends each notice as soon as the table's stream tells of it. What does not get through is `notices.redeliver`'s. */
export default defineWorker({
  summary: 'Send new notices',
  source: { stream: { entity: 'NOTICE', on: 'INSERT' } },
  message: Notice,
  audit: { action: 'E', entity: 'Communication/{noticeId}' },
  timeout: 30,
  uses: { noticeDelivery, post },

  async handle({ message, noticeDelivery: delivery, post, now, about, commit, count }) {
    await deliver(message, { delivery, post, now, about, commit, count })
  },
})
