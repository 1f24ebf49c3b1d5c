import type { Binding } from '../kernel/port.ts'
import { Device } from '../schema/identity.ts'
import type { Instant } from '../schema/time.ts'
import { removeExpired } from './expiry.ts'
import { queryItems } from './read.ts'
import { tableName } from './table.ts'

/** Expired devices wait for the cleanup in so many partitions of the index. */
export const deviceExpiryShards = 4

/** Trusted devices. This room holds what the cleanup needs; a device never changes, so it has no version. */
export const devices = (binding: Pick<Binding, 'signal' | 'now'>) => ({
  async expired(shard: number, now: Instant, cursor?: string) {
    const run = { index: 'gsi2' as const, pk: `DEVICE#EXPIRES#${shard}`, to: now, limit: 100, cursor }
    return queryItems(run, binding)
  },
  sweep: (item: Record<string, unknown>, now: Instant) => removeExpired(item, 'expiresAt', now, binding.signal),
})

/** Remembers a browser. Only the hash of its cookie is kept. */
export const newDevice = (device: Device) => ({
  kind: 'put' as const,
  request: {
    TableName: tableName(),
    Item: {
      pk: `DEVICE#${device.practiceId}#${device.userId}`,
      sk: device.tokenHash,
      gsi2pk: `DEVICE#EXPIRES#${device.tokenHash.charCodeAt(0) % deviceExpiryShards}`,
      gsi2sk: device.expiresAt,
      ttl: Math.ceil(Date.parse(device.expiresAt) / 1000) + 86_400,
      ...Device.parse(device),
    },
    ConditionExpression: 'attribute_not_exists(pk)',
  },
  onConflict: 'conflict' as const,
})
