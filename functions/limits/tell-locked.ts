import * as z from 'zod'
import { Problem } from '../../shared/kernel/problem.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { untoldAccounts } from '../../shared/ports/limited.ts'
import { notices } from '../../shared/ports/notices.ts'
import { attackedUsers } from '../../shared/ports/users.ts'

/**
 * Tells users that their account is under attack, once a day: an account leaves one mark a day. It is done here and not where
 * the attempt fails, which must take the same time whether there is such a user or not.
 */
export default defineWorker({
  summary: 'Tell users of attacks on their accounts',
  source: { schedule: 'rate(5 minutes)' },
  message: z.unknown(),
  audit: { action: 'E', entity: 'Communication/account-locked' },
  timeout: 60,
  concurrency: 1,
  uses: { attackedUsers, notices, untoldAccounts },

  async handle({ attackedUsers, notices, untoldAccounts, newId, remaining, count, about, commit }) {
    let told = 0
    for (let shard = 0; shard < untoldAccounts.shards; shard++) {
      let cursor: string | undefined
      do {
        const { items, next } = await untoldAccounts.untold(shard, cursor)
        for (const item of items) {
          const user = await attackedUsers.ofAccount(String(item.account))
          const tells = user?.status === 'active' ? [notices.tell(newId('ntc'), user, 'account-locked')] : []
          about({ practiceId: user?.practiceId, userId: user?.userId })
          try {
            await commit(untoldAccounts.told(item), ...tells)
            told += tells.length
          } catch (error) {
            // The index was a moment old: another run has told them.
            if (!(error instanceof Problem && error.code === 'conflict')) throw error
          }
        }
        cursor = next
      } while (cursor && remaining() > 5_000)
    }
    count('AccountsLocked', told)
  },
})
