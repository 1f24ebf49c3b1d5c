import type { KeyObject } from 'node:crypto'
import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { isAllowedFrom, isLive, isSecretOf, shareOfLimit, shouldTouch } from '../domain/apiKeys.ts'
import { openLeases } from '../domain/breakGlass.ts'
import { isForUs, isSigned, issuerAt, publicKeyOf, type ReadToken, readToken } from '../domain/oauth/jwt.ts'
import { goesOn } from '../domain/sessionClock.ts'
import type { AuditFacts } from '../kernel/action.ts'
import type { ClientActor, UserActor } from '../kernel/actor.ts'
import type { Binding } from '../kernel/port.ts'
import { setting } from '../kernel/setting.ts'
import type { ApiKey } from '../schema/clients.ts'
import type { ApiKeyId, PracticeId, UserId } from '../schema/ids.ts'
import type { PublicKey } from '../schema/oauth.ts'
import { apiKeyEntity, apiKeyKey, placeOf, secretHashOf } from './apiKeys.ts'
import { faults } from './faults.ts'
import { getItems } from './read.ts'
import { keysOf, sessionFrom } from './sessions.ts'
import { publicKeyEntity, publicKeyKey } from './signingKeys.ts'
import { table, tableName } from './table.ts'

type Item = Record<string, unknown> | undefined

/** Who a key or token that is ours belongs to. Without an actor it is one that may be used no more, or not from here. */
export interface Bearer {
  facts: AuditFacts
  actor?: ClientActor | UserActor
  /** Of the quotas of a key. */
  share: number
  /** The key, when its last use is to be noted. */
  touch?: ApiKey
}

/** Whose requests a key or token makes: those of an app are of the user, in all sessions together. */
interface Counted {
  kind: 'key' | 'user'
  practiceId: PracticeId
  subject: string
}

/** How long a public key that was read is used without asking again: one that is withdrawn verifies nothing after that. */
const keepMs = 5 * 60_000
const kept = new Map<string, { key: KeyObject; readAt: number }>()

/**
 * Keys and access tokens of requests. A token's signature is checked with a public key that this environment knows or reads in
 * the same round trip as what the token names, so a request with a token takes no more round trips than one with a cookie.
 */
export const bearers = (binding: Pick<Binding, 'signal' | 'now' | 'source'>) => ({
  /** Whether it can be the secret of an API key. */
  isKey: (token: string): boolean => placeOf(token) !== undefined,

  /**
   * Under whom its requests are counted: a token's key or user, once its signature is known to be ours; the hash of
   * anything else, so that nobody spends another's quota by naming them. Nothing for what can be no key or token of ours.
   */
  subject(token: string): Counted | undefined {
    const place = placeOf(token)
    if (place) return { kind: 'key', practiceId: place.practiceId, subject: secretHashOf(token) }
    const read = readToken(token)
    if (!read) return undefined
    const { practice: practiceId, sid, sub } = read.claims
    const key = keyOf(read, binding)
    const subject = key && isSigned(read, key) ? sub : secretHashOf(token)
    return { kind: sid ? 'user' : 'key', practiceId, subject }
  },

  /** Who a key or token belongs to; nothing for one that is forged. */
  async read(token: string): Promise<Bearer | undefined> {
    const place = placeOf(token)
    if (place) {
      const [item] = await getItems([apiKeyKey(place.practiceId, place.keyId)], binding)
      return ofSecret(item, secretHashOf(token), binding)
    }
    const read = readToken(token)
    if (!read) return undefined
    const named = namedBy(read)
    const known = keyOf(read, binding)
    const [first, ...others] = await getItems(known ? named : [publicKeyKey(read.kid), ...named], binding)
    const key = known ?? keep(first, binding)
    if (!key || !isSigned(read, key)) return undefined
    return ofToken(read, known ? [first, ...others] : others, binding)
  },

  /** Notes that a key was used. Beside the request's own work, and not as a version of the key. */
  async touch({ practiceId, keyId }: ApiKey): Promise<void> {
    const command = new UpdateCommand({
      TableName: tableName(),
      Key: apiKeyKey(practiceId, keyId),
      UpdateExpression: 'SET lastUsedAt = :now',
      ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(lastUsedAt) OR lastUsedAt < :now)',
      ExpressionAttributeValues: { ':now': binding.now },
    })
    await faults(table().send(command, { abortSignal: binding.signal })).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error
    })
  },
})

/** What a token names: an app's session and its user, or a key. */
function namedBy({ claims: { practice, sub, session_hash: tokenHash } }: ReadToken) {
  if (!tokenHash) return [apiKeyKey(practice, sub as ApiKeyId)]
  return keysOf({ practiceId: practice, userId: sub as UserId, tokenHash })
}

type Bound = Pick<Binding, 'now' | 'source'>

function ofSecret(item: Item, hash: string, bound: Bound): Bearer | undefined {
  const key = item && apiKeyEntity.parse(item)
  return key && isSecretOf(key, hash, bound.now) ? ofKey(key, key.scopes, bound) : undefined
}

function ofKey(key: ApiKey, scopes: readonly string[], { now, source }: Bound): Bearer {
  const { keyId: id, practiceId } = key
  const bearer = { facts: { practiceId, apiKeyId: id }, share: shareOfLimit[key.limit] }
  if (!isLive(key, now) || !isAllowedFrom(key, source?.address ?? '')) return bearer
  const actor = { type: 'client', id, practiceId, scopes } as const
  return { ...bearer, actor, ...(shouldTouch(key, now) && { touch: key }) }
}

function ofToken({ claims }: ReadToken, items: readonly Item[], bound: Bound): Bearer | undefined {
  const { practice: practiceId, sub, sid, scope, client_id: clientId } = claims
  const isNow = isForUs(claims, issuerAt(setting('origin')), bound.now)
  const scopes = scope.split(' ')
  if (!sid) {
    const key = items[0] && apiKeyEntity.parse(items[0])
    if (!key) return undefined
    // What a key may do no more, no token of it may either.
    const { actor, ...bearer } = ofKey(
      key,
      scopes.filter(each => key.scopes.includes(each)),
      bound,
    )
    return { ...bearer, ...(isNow && actor && { actor }) }
  }
  const bearer = { facts: { practiceId, userId: sub as UserId, sessionId: sid }, share: 1 }
  const found = sessionFrom(items)
  if (!isNow || !found) return bearer
  const { session, user } = found
  const isItsOwn = session.sessionId === sid && session.native?.clientId === clientId
  if (!isItsOwn || !goesOn(session, user, bound.now)) return bearer
  const { userId, role, sessionId, aal, amr, patientId, practitionerId } = session
  const who = { userId, practiceId: session.practiceId, role, sessionId, aal, amr, patientId, practitionerId }
  const leases = openLeases(user.leases, bound.now)
  return { ...bearer, actor: { type: 'user', ...who, leases, scopes, clientId } }
}

function keyOf({ kid }: ReadToken, { now }: Pick<Binding, 'now'>): KeyObject | undefined {
  const known = kept.get(kid)
  const age = known ? Date.parse(now) - known.readAt : keepMs
  return age >= 0 && age < keepMs ? known?.key : undefined
}

function keep(item: Item, { now }: Pick<Binding, 'now'>): KeyObject | undefined {
  if (!item) return undefined
  const found: PublicKey = publicKeyEntity.parse(item)
  const key = publicKeyOf(found)
  kept.set(found.kid, { key, readAt: Date.parse(now) })
  return key
}
