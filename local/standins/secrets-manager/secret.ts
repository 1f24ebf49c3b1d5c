import { createHash } from 'node:crypto'
import { account, region } from '../../aws/service.ts'
import { Refusal } from '../refusal.ts'

/**
 * One value of a secret. Its stages say which role it plays; a version without any is on its way out, and one without a value is
 * that of a turn which has only begun.
 */
export interface Version {
  id: string
  createdAt: number
  string?: string
  /** base64 */
  binary?: string
  stages: string[]
}

/** A secret as it is kept. Times are seconds since the epoch, as on the wire. */
export interface Secret {
  name: string
  arn: string
  description?: string
  kmsKeyId?: string
  tags: { Key: string; Value: string }[]
  createdAt: number
  changedAt: number
  accessedAt?: number
  deletedAt?: number
  /** When the recovery window ends, after which the secret is gone. */
  goneAt?: number
  rotation?: { functionArn: string; expression?: string; lastAt?: number }
  versions: Version[]
}

export const current = 'AWSCURRENT'
export const previous = 'AWSPREVIOUS'
export const pending = 'AWSPENDING'

/** The ARN of a secret. Its six characters come from the name, so that a template's ARN stays right over a reset. */
export function arnOf(name: string): string {
  const suffix = createHash('sha256').update(name).digest('base64').replace(/[+/=]/g, '').slice(0, 6)
  return `${arnPrefix}${name}-${suffix}`
}

/**
 * The name that a `SecretId` means: itself, or that of a full or partial ARN. Another account's or region's is none.
 */
export function nameOf(secretId: string): string | undefined {
  if (!secretId.startsWith('arn:')) return secretId
  if (!secretId.startsWith(arnPrefix)) return undefined
  const rest = secretId.slice(arnPrefix.length)
  const name = rest.slice(0, -7)
  return rest.length > 7 && arnOf(name) === secretId ? name : rest
}

/** The version that carries the stage. */
export const staged = (secret: Secret, stage: string): Version | undefined =>
  secret.versions.find(version => version.stages.includes(stage))

/** The same secret with the stage on `versionId`, or on none. AWSCURRENT leaves AWSPREVIOUS behind it. */
export function moveStage(secret: Secret, stage: string, versionId: string | undefined): Secret {
  const left = staged(secret, stage)
  if (left?.id === versionId) return secret
  const versions = secret.versions.map(version => {
    const stages = version.stages.filter(other => other !== stage && !(stage === current && other === previous))
    if (version.id === versionId) stages.push(stage)
    if (stage === current && left && version.id === left.id) stages.push(previous)
    return { ...version, stages }
  })
  return { ...secret, versions }
}

/**
 * The same secret with a new version that carries the stages. The same token with the same value is a retry and changes
 * nothing; with another value it is refused.
 */
export function addVersion(secret: Secret, version: Version): Secret {
  const known = secret.versions.find(({ id }) => id === version.id)
  const isEmpty = known && known.string === undefined && known.binary === undefined
  if (isEmpty) return addVersion({ ...secret, versions: secret.versions.filter(each => each !== known) }, version)
  if (known) {
    if (known.string === version.string && known.binary === version.binary) return secret
    throw new Refusal(
      'ResourceExistsException',
      `You can't use ClientRequestToken ${version.id} because that value is already in use for a version of secret ${secret.arn}.`,
    )
  }
  const first = !staged(secret, current)
  const stages = first && !version.stages.includes(current) ? [current, ...version.stages] : version.stages
  const added = { ...secret, changedAt: version.createdAt, versions: [...secret.versions, { ...version, stages: [] }] }
  return stages.reduce((result, stage) => moveStage(result, stage, version.id), added as Secret)
}

const arnPrefix = `arn:aws:secretsmanager:${region}:${account}:secret:`
