import type { Binding } from '../kernel/port.ts'
import type { PracticeId } from '../schema/ids.ts'
import { RetentionPolicy, type RetentionYears } from '../schema/retention.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'

const policyEntity = entity<RetentionPolicy>({
  name: 'RetentionPolicy',
  schema: RetentionPolicy,
  id: ({ practiceId }) => practiceId,
  keys: ({ practiceId }) => policyKey(practiceId),
})

const policyKey = (practiceId: PracticeId) => ({ pk: `RETENTION#${practiceId}`, sk: 'RETENTION' })

/** For how long a practice keeps what, where it has set that. */
export const retention = (binding: Binding) => {
  const practiceId = practiceOf(binding)
  return {
    async mine(): Promise<RetentionPolicy | undefined> {
      const item = await getItem(policyKey(practiceId), binding)
      return item && policyEntity.parse(item)
    },

    /** Sets all of it, on the condition that it is still of this version; zero is that of the defaults. */
    set(years: RetentionYears, version: number) {
      const updatedAt = binding.now
      return version === 0
        ? policyEntity.create({ practiceId, years, updatedAt, version: 1 })
        : policyEntity.replace({ practiceId, years, updatedAt, version }, { years, updatedAt })
    },
  }
}

/** For a worker that serves all practices. */
export const retentionOfAnyPractice = (binding: Binding) => (practiceId: PracticeId) =>
  retention({ ...binding, practiceId })
