import { createHash } from 'node:crypto'
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { type SecretName, secretVariable } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'

/** How long a fetched secret is used: a rotated one is known everywhere after that. */
const keepMs = 5 * 60_000

/** A fetch is shared by all requests that wait for it, so it must not hang for longer than one of them would. */
const patienceMs = 2_000

let client: SecretsManagerClient | undefined
const kept = new Map<SecretName, { value: Promise<string>; until: number }>()

/** The current value of a secret whose ARN the stack put into the environment. Fetched once for many requests. */
export async function secret(name: SecretName): Promise<string> {
  const known = kept.get(name)
  if (known && known.until > Date.now()) return known.value
  const value = fetchSecret(name)
  kept.set(name, { value, until: Date.now() + keepMs })
  value.catch(() => kept.delete(name))
  return value
}

/** Forgets a secret that turned out to be of no use, so that the next request looks again. */
export const forgetSecret = (name: SecretName): boolean => kept.delete(name)

/** The current value as it is now, and the name of this version of it. */
export async function readSecret(name: SecretName): Promise<{ text: string; version: string }> {
  const { SecretString, VersionId } = await call(signal =>
    manager().send(new GetSecretValueCommand({ SecretId: arnOf(name) }), { abortSignal: signal }),
  )
  if (!SecretString || !VersionId) throw new Error(`the secret ${name} has no text`)
  return { text: SecretString, version: VersionId }
}

/**
 * Puts a value in the place of a version. False when another has taken that place: a version is named after the one it
 * follows, and a version that is there is never changed, so of two who have read the same one a single one writes.
 */
export async function replaceSecret(name: SecretName, text: string, before: string): Promise<boolean> {
  const ClientRequestToken = createHash('sha256').update(before).digest('hex')
  const command = new PutSecretValueCommand({ SecretId: arnOf(name), SecretString: text, ClientRequestToken })
  try {
    await call(signal => manager().send(command, { abortSignal: signal }))
    return true
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceExistsException') return false
    throw error
  }
}

/** Asks whether a secret is there, without learning it. */
export async function describeSecret(name: SecretName): Promise<void> {
  await call(signal => manager().send(new DescribeSecretCommand({ SecretId: arnOf(name) }), { abortSignal: signal }))
}

async function fetchSecret(name: SecretName): Promise<string> {
  const { SecretString } = await call(signal =>
    manager().send(new GetSecretValueCommand({ SecretId: arnOf(name) }), { abortSignal: signal }),
  )
  if (!SecretString) throw new Error(`the secret ${name} has no text`)
  return SecretString
}

/** The one client of all that is asked of it. */
export function manager(): SecretsManagerClient {
  client ??= new SecretsManagerClient({ maxAttempts: 3 })
  return client
}

export function arnOf(name: SecretName): string {
  const arn = process.env[secretVariable(name)]
  if (!arn) throw new Error(`${secretVariable(name)} is not set`)
  return arn
}

/** Asks, and no longer than a request would wait. What the service cannot do now is the caller's to hear of. */
export async function call<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await send(AbortSignal.timeout(patienceMs))
  } catch (error) {
    const { name = '', code = '' } = error as { name?: string; code?: string }
    if (/Throttling|InternalService|Timeout|Abort/.test(name) || /^ECONN/.test(code)) {
      throw new Problem('unavailable', { retryAfter: 1, cause: error })
    }
    throw error
  }
}
