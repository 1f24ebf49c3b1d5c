import type { Need } from '../../aws/service.ts'
import type { Collection } from '../database.ts'
import { Refusal } from '../refusal.ts'
import { arnOf, nameOf, type Secret } from './secret.ts'

/** The kept secrets, found as the service finds them: by name or ARN, and gone when their recovery window has ended. */
export interface Lookup {
  find(secretId: string): Secret | undefined
  /** The secret, even one that is marked for deletion; refuses when there is none. */
  get(secretId: string): Secret
  /** The secret, unless it is marked for deletion. */
  live(secretId: string): Secret
}

export function lookup(secrets: Collection<Secret>, now: () => number): Lookup {
  const find = (secretId: string): Secret | undefined => {
    const secret = secrets.get(nameOf(secretId) ?? '')
    if (secret?.goneAt === undefined || secret.goneAt > now()) return secret
    secrets.delete(secret.name)
    return undefined
  }
  const get = (secretId: string): Secret => {
    const secret = find(secretId)
    if (!secret) throw new Refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.")
    return secret
  }
  const live = (secretId: string): Secret => {
    const secret = get(secretId)
    if (secret.deletedAt === undefined) return secret
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.")
  }
  return { find, get, live }
}

/** The permission for an action on one secret, with the condition keys that the call supplies. */
export function need(
  action: string,
  secretId: string,
  context: Record<string, string | string[] | undefined> = {},
): Need[] {
  const resource = arnOf(nameOf(secretId) ?? secretId)
  const known = Object.entries({ ...context, 'secretsmanager:SecretId': resource }).filter(
    ([, value]) => value !== undefined,
  )
  return [{ action: `secretsmanager:${action}`, resource, context: Object.fromEntries(known) as Need['context'] }]
}

/** How most answers name their secret. */
export const named = (secret: Secret) => ({ ARN: secret.arn, Name: secret.name })

export const invalidParameter = (message: string) => new Refusal('InvalidParameterException', message)
export const invalidRequest = (message: string) => new Refusal('InvalidRequestException', message)
