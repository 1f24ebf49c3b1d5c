import { randomBytes } from 'node:crypto'
import type { IdKinds } from '../schema/ids.ts'
import type { Instant } from '../schema/time.ts'

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes an id of the kind: ten characters of time, so that ids sort by age, and ten (50 bits) of randomness. */
export type NewId = <Kind extends keyof IdKinds>(kind: Kind) => IdKinds[Kind]

/** A maker of ids for one moment. A second id of the same kind in the same millisecond is told apart by its random half. */
export const idsAt = (now: Instant): NewId => {
  const time = base32(BigInt(Date.parse(now)), 10)
  return kind => `${kind}_${time}${randomText(10)}` as never
}

/** The beginning of all ids of a moment, without their prefix: ids of before are less, and those of then and after are not. */
export const idTime = (moment: Instant): string => base32(BigInt(Date.parse(moment)), 10)

/** An id that is the same whenever it is made of the same hash: what is done twice is then one thing. */
export const idOfHash = <Kind extends keyof IdKinds>(kind: Kind, hash: Uint8Array): IdKinds[Kind] =>
  `${kind}_${Array.from(hash.subarray(0, 20), byte => crockford[byte & 31]).join('')}` as never

/** Random Crockford characters, 5 bits each: 25 of them are a backup code. */
export const randomText = (length: number): string =>
  Array.from(randomBytes(length), byte => crockford[byte & 31]).join('')

/** 256 random bits as base64url: a bearer secret. */
export const randomToken = (): string => randomBytes(32).toString('base64url')

function base32(value: bigint, length: number): string {
  let text = ''
  let rest = value
  for (let index = 0; index < length; index++) {
    text = crockford[Number(rest & 31n)] + text
    rest >>= 5n
  }
  return text
}
