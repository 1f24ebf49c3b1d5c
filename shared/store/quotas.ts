import { type ConfigurableQuota, isConfigurable, type QuotaName, quotas, withinBounds } from '../domain/quotas.ts'
import type { Binding } from '../kernel/port.ts'
import type { PracticeId } from '../schema/ids.ts'
import { Quotas } from '../schema/limits.ts'
import { entity } from './entity.ts'
import { practiceOf } from './practice.ts'
import { getItem } from './read.ts'

const quotaEntity = entity<Quotas>({
  name: 'RateLimit',
  schema: Quotas,
  id: ({ practiceId }) => practiceId,
  keys: ({ practiceId }) => quotaKey(practiceId),
})

const quotaKey = (practiceId: PracticeId) => ({ pk: `QUOTA#${practiceId}`, sk: 'QUOTA' })

/** The quotas of the caller's practice. */
export const practiceQuotas = (binding: Binding) => ({
  async mine(): Promise<Quotas | undefined> {
    const item = await getItem(quotaKey(practiceOf(binding)), binding)
    return item && quotaEntity.parse(item)
  },

  /** Sets all of them, on the condition that they are still of this version; zero is that of the defaults. */
  set(values: Record<ConfigurableQuota, number>, version: number) {
    const settings = { practiceId: practiceOf(binding), ...values, updatedAt: binding.now }
    return version === 0
      ? quotaEntity.create({ ...settings, version: 1 })
      : quotaEntity.replace({ ...settings, version }, { ...values, updatedAt: binding.now })
  },
})

/** For so long an environment goes on with what it read: a change is everywhere after half a minute. */
const keepMs = 30_000
/** Practices that one environment remembers. Forged cookies name any number of them. */
const mostKept = 1_000

const kept = new Map<PracticeId, { value: Promise<Quotas | undefined>; at: number }>()

/**
 * The quota of a class at a practice. It is read beside the count, so that it costs no round trip of its own, and by one
 * request in half a minute.
 */
export async function quotaOf(
  name: QuotaName,
  practiceId: PracticeId | undefined,
  binding: Pick<Binding, 'now' | 'signal'>,
): Promise<number> {
  if (!practiceId || !isConfigurable(name)) return quotas[name].quota
  const set = await settingsOf(practiceId, binding)
  return set ? withinBounds(name, set[name]) : quotas[name].quota
}

function settingsOf(practiceId: PracticeId, binding: Pick<Binding, 'now' | 'signal'>): Promise<Quotas | undefined> {
  const ms = Date.parse(binding.now)
  const known = kept.get(practiceId)
  if (known && ms >= known.at && ms < known.at + keepMs) return known.value
  const value = getItem(quotaKey(practiceId), binding).then(item => item && quotaEntity.parse(item))
  if (kept.size >= mostKept) kept.clear()
  kept.set(practiceId, { value, at: ms })
  value.catch(() => kept.delete(practiceId))
  return value
}
