import { createHash } from 'node:crypto'
import type { Device, DeviceView, Session, User } from '../schema/identity.ts'
import type { DeviceId, PracticeId, UserId } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'
import { describeClient } from './client.ts'
import { addressSubject } from './quotas.ts'

const day = 86_400_000

/** How long a browser is trusted, from when its user said so: using it adds nothing. */
const trustMs = 30 * day

/** How many browsers one user can trust at a time; another takes the place of the one that was trusted longest ago. */
export const mostDevices = 10

/** The cookie's value: where its device lies, and 256 random bits that are believed only when their hash is there. */
const tokenShape = /^(prc_[0-9A-Z]{20})\.(usr_[0-9A-Z]{20})\.(dev_[0-9A-Z]{20})\.[A-Za-z0-9_-]{43}$/

/** Which device a cookie says it is of: nothing is believed of that yet. */
export function placeOfDevice(
  token: string | undefined,
): Pick<Device, 'practiceId' | 'userId' | 'deviceId'> | undefined {
  const [, practiceId, userId, deviceId] = tokenShape.exec(token ?? '') ?? []
  if (!practiceId || !userId || !deviceId) return undefined
  return { practiceId: practiceId as PracticeId, userId: userId as UserId, deviceId: deviceId as DeviceId }
}

/** A device, and whether its cookie was the present token or one that was replaced. */
export interface ShownDevice {
  device: Device
  token: 'current' | 'replaced'
}

/** What the cookie of a browser means for the user who signs in with it. */
export interface Browser {
  trusted: Device | false
  /** A token of theirs that was replaced came back: somebody copied it. */
  stolen: Device | undefined
  /** They have browsers that they trust, and this is none of them. */
  strange: boolean
}

export const trustEnds = (now: Instant): Instant => new Date(Date.parse(now) + trustMs).toJSON()

/** Whether a device still stands for this user: what ends all their sessions, or changes their role, has ended it too. */
export const isTrusted = (device: Device, user: User, now: Instant): boolean =>
  device.practiceId === user.practiceId &&
  device.userId === user.userId &&
  device.epoch === user.sessionEpoch &&
  device.role === user.role &&
  now < device.expiresAt

/** Tells a browser by its cookie. One of another user or practice, a forged one, or one whose time is over is as good as none. */
export function recognise(shown: ShownDevice | undefined, known: readonly Device[], user: User, now: Instant): Browser {
  const own = shown && isTrusted(shown.device, user, now) ? shown : undefined
  return {
    trusted: own?.token === 'current' && own.device,
    stolen: own?.token === 'replaced' ? own.device : undefined,
    strange: !own && known.some(device => isTrusted(device, user, now)),
  }
}

/**
 * What makes room when a browser is trusted: its own earlier record, those that are trusted no more, and the oldest of the
 * others above the most that a user can have.
 */
export function giveWay({ trusted, stolen }: Browser, known: readonly Device[], user: User, now: Instant): Device[] {
  const own = (trusted || stolen)?.deviceId
  const kept = known.filter(device => device.deviceId !== own && isTrusted(device, user, now)).slice(1 - mostDevices)
  return known.filter(device => !kept.includes(device))
}

/** From where somebody signs in, for counting: an account, a network and a client, none of which stands in it as it is. */
export const placeOf = ({ userId, source: { address, client } }: Session): string =>
  createHash('sha256')
    .update([userId, addressSubject(address), client].join('\n'))
    .digest('base64url')

/** A device as its user sees it. */
export const deviceView = (device: Device, current: DeviceId | undefined): DeviceView => ({
  deviceId: device.deviceId,
  trustedAt: device.createdAt,
  lastUsedAt: device.usedAt,
  expiresAt: device.expiresAt,
  client: describeClient(device.source.client),
  address: device.source.address,
  current: device.deviceId === current,
})
