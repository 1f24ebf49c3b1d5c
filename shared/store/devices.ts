import { createHash } from 'node:crypto'
import { placeOfDevice, type ShownDevice, trustEnds } from '../domain/devices.ts'
import type { Trust } from '../domain/signIn.ts'
import type { Binding } from '../kernel/port.ts'
import { randomToken } from '../kernel/random.ts'
import { Device, type User } from '../schema/identity.ts'
import type { DeviceId, PracticeId, UserId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import { entity } from './entity.ts'
import { removeExpired } from './expiry.ts'
import { getItem, queryAll, queryItems } from './read.ts'

/** Expired devices wait for the cleanup in so many partitions of the index. */
export const deviceExpiryShards = 4

/** So many replaced tokens are known again; an older one is no device's. */
const mostReplaced = 50

export const deviceEntity = entity<Device>({
  name: 'Device',
  schema: Device,
  id: ({ deviceId }) => deviceId,
  keys: ({ practiceId, userId, deviceId, expiresAt }) => ({
    ...deviceKey(practiceId, userId, deviceId),
    gsi2pk: `DEVICE#EXPIRES#${deviceId.charCodeAt(deviceId.length - 1) % deviceExpiryShards}`,
    gsi2sk: expiresAt,
  }),
  ttl: ({ expiresAt }) => Math.ceil(Date.parse(expiresAt) / 1000) + 86_400,
  audited: false,
})

const partitionOf = (practiceId: PracticeId, userId: UserId) => `DEVICE#${practiceId}#${userId}`
const deviceKey = (practiceId: PracticeId, userId: UserId, deviceId: DeviceId) => ({
  pk: partitionOf(practiceId, userId),
  sk: deviceId,
})

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64url')

const secretOf = ({ practiceId, userId, deviceId }: Pick<Device, 'practiceId' | 'userId' | 'deviceId'>) => {
  const token = `${practiceId}.${userId}.${deviceId}.${randomToken()}`
  return { token, tokenHash: hashOf(token) }
}

/** Trusted browsers. A token works once: using it puts another in its place. */
export const devices = (binding: Pick<Binding, 'signal' | 'now' | 'source'>) => ({
  /** The device of a cookie, whoever's it is. Nothing for a cookie that never was one. */
  async find(token: string | undefined): Promise<ShownDevice | undefined> {
    const place = placeOfDevice(token)
    if (!token || !place) return undefined
    const item = await getItem(deviceKey(place.practiceId, place.userId, place.deviceId), binding)
    if (!item) return undefined
    const device = deviceEntity.parse(item)
    const hash = hashOf(token)
    if (device.tokenHash === hash) return { device, token: 'current' }
    return device.replaced.includes(hash) ? { device, token: 'replaced' } : undefined
  },

  /** Every device of a user, the one that was trusted longest ago first. */
  async ofUser({ practiceId, userId }: User): Promise<Device[]> {
    const items = await queryAll({ pk: partitionOf(practiceId, userId) }, binding)
    return items.map(deviceEntity.parse)
  },

  /** Trusts the caller's browser from now on, and the token that only its cookie will hold. */
  trust(user: User, deviceId: DeviceId, { amr, verifiedAt }: Trust) {
    const { practiceId, userId, role, sessionEpoch } = user
    const { now } = binding
    const { token, tokenHash } = secretOf({ practiceId, userId, deviceId })
    const device: Device = {
      deviceId,
      practiceId,
      userId,
      tokenHash,
      replaced: [],
      epoch: sessionEpoch,
      role,
      verifiedAt,
      amr,
      source: sourceOf(binding),
      createdAt: now,
      usedAt: now,
      expiresAt: trustEnds(now),
      version: 1,
    }
    return { device, token, write: deviceEntity.create(device) }
  },

  /** Another token in place of the one that was just used. Of those who use one at once, one gets through. */
  rotate(device: Device) {
    const { token, tokenHash } = secretOf(device)
    const replaced = [device.tokenHash, ...device.replaced].slice(0, mostReplaced)
    const change = { tokenHash, replaced, usedAt: binding.now, source: sourceOf(binding) }
    return { device, token, write: deviceEntity.replace(device, change) }
  },

  /** Ends the trust. */
  forget: (device: Device) => deviceEntity.remove(device),

  /** A page of devices of one shard whose time was over before `now`. */
  async expired(shard: number, now: Instant, cursor?: string) {
    const run = { index: 'gsi2' as const, pk: `DEVICE#EXPIRES#${shard}`, to: now, limit: 100, cursor }
    return queryItems(run, binding)
  },

  /** Removes a device whose time is over. False when another run did so first. */
  sweep: (item: Record<string, unknown>, now: Instant) => removeExpired(item, 'expiresAt', now, binding.signal),
})

const sourceOf = ({ source }: Pick<Binding, 'source'>) => source ?? { address: '-', client: '-' }
