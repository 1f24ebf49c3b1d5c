import type { Quotas, QuotaView } from '../schema/limits.ts'
import { type ConfigurableQuota, configurable, quotas, withinBounds } from './quotas.ts'

/** The quotas that hold, with their bounds. */
export function quotaView(set: Quotas | undefined): QuotaView {
  const { credential, anonymous } = quotas
  const each = <T>(value: (name: ConfigurableQuota) => T) =>
    Object.fromEntries(configurable.map(name => [name, value(name)])) as Record<ConfigurableQuota, T>
  return {
    quotas: each(name => withinBounds(name, set?.[name] ?? quotas[name].quota)),
    version: set?.version ?? 0,
    bounds: each(name => ({ default: quotas[name].quota, floor: quotas[name].floor, ceiling: quotas[name].ceiling })),
    fixed: {
      credential: { quota: credential.quota, window: credential.window },
      anonymous: { quota: anonymous.quota, window: anonymous.window },
    },
  }
}
