import * as z from 'zod'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { endedSessions } from '../../shared/ports/sessions.ts'

/**
 * Removes sessions that are over. Expiry never waits for this: every request compares the deadlines itself. A run that
 * comes to its end stops between two pages, and the next one goes on.
 */
export default defineWorker({
  summary: 'Remove sessions that are over',
  source: { schedule: 'rate(15 minutes)' },
  message: z.unknown(),
  audit: { action: 'D', entity: 'Session/expired' },
  timeout: 120,
  concurrency: 1,
  uses: { endedSessions },

  async handle({ endedSessions, now, remaining, count }) {
    let removed = 0
    for (let shard = 0; shard < endedSessions.shards; shard++) {
      let cursor: string | undefined
      do {
        const { items, next } = await endedSessions.expired(shard, now, cursor)
        const swept = await Promise.all(items.map(item => endedSessions.sweep(item, now)))
        removed += swept.filter(Boolean).length
        cursor = next
      } while (cursor && remaining() > 5_000)
    }
    count('SessionsRemoved', removed)
  },
})
