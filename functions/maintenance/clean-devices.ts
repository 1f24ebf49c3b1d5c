import * as z from 'zod'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { expiredDevices } from '../../shared/ports/devices.ts'

/** Removes devices whose 30 days of trust are over. They are trusted no more from that second on, removed or not. */
export default defineWorker({
  summary: 'Remove devices whose trust is over',
  source: { schedule: 'rate(1 day)' },
  message: z.unknown(),
  audit: { action: 'D', entity: 'Device/expired' },
  timeout: 120,
  concurrency: 1,
  uses: { expiredDevices },

  async handle({ expiredDevices, now, remaining, count }) {
    let removed = 0
    for (let shard = 0; shard < expiredDevices.shards; shard++) {
      let cursor: string | undefined
      do {
        const { items, next } = await expiredDevices.expired(shard, now, cursor)
        const swept = await Promise.all(items.map(item => expiredDevices.sweep(item, now)))
        removed += swept.filter(Boolean).length
        cursor = next
      } while (cursor && remaining() > 5_000)
    }
    count('DevicesRemoved', removed)
  },
})
