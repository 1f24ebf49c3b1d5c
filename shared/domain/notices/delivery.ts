import type { WorkerTools } from '../../kernel/worker.ts'
import type { Write } from '../../kernel/write.ts'
import type { Notice } from '../../schema/notices.ts'
import type { Instant } from '../../schema/time.ts'
import { goodFor } from './letters.ts'

const minute = 60_000

/** What a delivery needs: the notices, and the way out. */
interface Desk extends Pick<WorkerTools, 'now' | 'about' | 'commit' | 'count'> {
  delivery: {
    take: (notice: Notice) => Promise<Notice | undefined>
    delivered: (notice: Notice) => Write
    abandoned: (notice: Notice) => Write
  }
  post: { send: (notice: Notice) => Promise<'sent' | 'refused' | 'later'> }
}

/**
 * One try at a notice. Two deliveries of one notice take turns, so a crash between sending and noting it sends it twice and
 * never not at all. What cannot be sent now stays due: it must not hold up those behind it.
 */
export async function deliver(due: Notice, { delivery, post, now, about, commit, count }: Desk): Promise<void> {
  const notice = await delivery.take(due)
  if (!notice) return
  const { practiceId, noticeId } = notice
  const outcome = isOver(notice, now) ? 'refused' : await post.send(notice)
  if (outcome === 'later') return count('NoticesDelayed', 1)
  about({ practiceId, noticeId })
  await commit(outcome === 'sent' ? delivery.delivered(notice) : delivery.abandoned(notice))
  count(outcome === 'sent' ? 'NoticesDelivered' : 'NoticesAbandoned', 1)
}

/** A notice gets so long to be delivered by the stream before anybody looks for it. */
export const dueBefore = (now: Instant): Instant => new Date(Date.parse(now) - minute).toJSON()

/** Each failed try doubles the wait, from a minute to half an hour: an outage must not become a flood. */
export const isRipe = ({ createdAt, leaseUntil, attempts = 0 }: Notice, now: Instant): boolean =>
  Date.parse(leaseUntil ?? createdAt) + Math.min(30, 2 ** Math.max(0, attempts - 1)) * minute <= Date.parse(now)

/** Whether what it tells is of no use any more: a code that has expired, or news a day old that never got through. */
const isOver = ({ kind, createdAt }: Notice, now: Instant): boolean =>
  Date.parse(createdAt) + goodFor(kind) * minute <= Date.parse(now)
