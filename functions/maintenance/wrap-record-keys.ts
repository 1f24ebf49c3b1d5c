import * as z from 'zod'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { allPractices } from '../../shared/ports/practices.ts'
import { wrappings } from '../../shared/ports/recordKeys.ts'

/** Time that is left for the record of a run, and for the last page that was begun. */
const reserveMs = 10_000

/**
 * Wraps the keys of patients' records by the present value of their secret, after it was turned. What a run does not reach the next one
 * does; when one has seen every patient, nothing is looked at again until the next turn.
 */
export default defineWorker({
  summary: 'Wrap the keys of records anew after a turn of their secret',
  source: { schedule: 'rate(1 hour)' },
  message: z.unknown(),
  audit: { action: 'U', entity: 'RecordKey/wrapping' },
  timeout: 900,
  concurrency: 1,
  uses: { allPractices, wrappings },

  async handle({ allPractices, wrappings, remaining, commit, count }) {
    const due = await wrappings.due()
    if (!due) return
    let wrapped = 0
    /** False when the time was over before the last patient. */
    const walk = async (): Promise<boolean> => {
      let practices: string | undefined
      do {
        const page = await allPractices.all(practices)
        for (const { practiceId } of page.items) {
          let patients: string | undefined
          do {
            if (remaining() < reserveMs) return false
            const { renewed, next } = await wrappings.renew(practiceId, patients)
            wrapped += renewed
            patients = next
          } while (patients)
        }
        practices = page.next
      } while (practices)
      return true
    }
    if (await walk()) await wrappings.finish(due)
    if (wrapped > 0) await commit()
    count('RecordKeysWrapped', wrapped)
  },
})
