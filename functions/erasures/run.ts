import * as z from 'zod'
import { dutiesOf, endOf } from '../../shared/domain/retention.ts'
import { defineWorker } from '../../shared/kernel/worker.ts'
import { dueErasures } from '../../shared/ports/erasures.ts'
import { erasableHoldings } from '../../shared/ports/holdings.ts'
import { holdsOfAnyPractice } from '../../shared/ports/holds.ts'
import { retentionOfAnyPractice } from '../../shared/ports/retention.ts'
import type { Erasure } from '../../shared/schema/erasures.ts'

/** Items that one transaction deletes: it takes a hundred, its record among them. */
const atOnce = 50

/**
 * Erases the patients whose day has come. First, in one transaction that demands that no legal hold stands, the patient and the keys of
 * their notes go; then all that hangs on them, a part at a time, so that a run that dies is gone on with by the next. It is done when a
 * run finds nothing left: what an index did not show yet is found by the one after.
 */
export default defineWorker({
  summary: 'Erase patients',
  source: { schedule: 'rate(1 hour)' },
  message: z.unknown(),
  audit: { action: 'D', entity: 'Patient/{patientId}' },
  timeout: 300,
  concurrency: 1,
  uses: { dueErasures, erasableHoldings, holdsOfAnyPractice, retentionOfAnyPractice },

  async handle({
    dueErasures,
    erasableHoldings,
    holdsOfAnyPractice,
    retentionOfAnyPractice,
    now,
    remaining,
    about,
    commit,
    count,
  }) {
    const today = now.slice(0, 10)

    const erase = async (erasure: Erasure) => {
      const { practiceId, patientId, erasureId } = erasure
      about({ practiceId, patientId, erasureId })
      const holdings = erasableHoldings(practiceId)
      const [{ patient, items, dates }, accounts] = await Promise.all([
        holdings.of(patientId),
        holdings.accounts(patientId),
      ])
      if (erasure.status === 'granted' && patient) {
        const holds = holdsOfAnyPractice(practiceId)
        const [policy, hold] = await Promise.all([retentionOfAnyPractice(practiceId).mine(), holds.standing(patientId)])
        if (hold) return count('ErasuresHeld', 1)
        const until = endOf(dutiesOf(dates, patient, policy?.years, today))
        if (until) return commit(dueErasures.putOff(erasure, until))
        await commit(
          dueErasures.begin(erasure),
          holds.mustNotStand(patientId),
          ...(await holdings.forget(patientId, patient)),
        )
      } else if (erasure.status === 'granted') {
        await commit(dueErasures.begin(erasure), ...(await holdings.forget(patientId, undefined)))
      }
      for (const account of accounts) await commit(...account)
      const all = [...(await holdings.below(items)), ...items]
      for (let at = 0; at < all.length; at += atOnce) {
        if (remaining() < 5_000) return
        await commit(...holdings.remove(all.slice(at, at + atOnce)))
      }
      if (erasure.status !== 'erasing' || all.length + accounts.length > 0) return
      await commit(dueErasures.done(erasure))
      count('PatientsErased', 1)
    }

    const failures: unknown[] = []
    for (const erasure of await dueErasures.due(today)) {
      if (remaining() < 10_000) break
      // One that cannot be erased now holds up no other: it is due again in an hour, and the run ends as a failure that an alarm tells of.
      await erase(erasure).catch(error => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  },
})
