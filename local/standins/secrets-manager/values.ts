import { randomUUID } from 'node:crypto'
import type { Collection } from '../database.ts'
import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { invalidParameter, invalidRequest, type Lookup, named, need } from './lookup.ts'
import { randomPassword } from './password.ts'
import { addVersion, current, moveStage, type Secret, staged } from './secret.ts'
import * as shapes from './shapes.ts'

/** The operations on the versions of a secret. `now` is in seconds. */
export function valueOperations(
  secrets: Collection<Secret>,
  { live }: Lookup,
  now: () => number,
): Record<string, Operation> {
  return {
    GetSecretValue: operation(
      shapes.GetSecretValue,
      input =>
        need('GetSecretValue', input.SecretId, {
          'secretsmanager:VersionId': input.VersionId,
          'secretsmanager:VersionStage': input.VersionStage,
        }),
      input => {
        const secret = live(input.SecretId)
        const version = versionOf(secret, input.VersionId, input.VersionStage)
        const today = Math.floor(now() / 86_400) * 86_400
        if (secret.accessedAt !== today) secrets.put(secret.name, { ...secret, accessedAt: today })
        return {
          ...named(secret),
          VersionId: version.id,
          SecretString: version.string,
          SecretBinary: version.binary,
          VersionStages: version.stages,
          CreatedDate: version.createdAt,
        }
      },
    ),

    PutSecretValue: operation(
      shapes.PutSecretValue,
      input => need('PutSecretValue', input.SecretId),
      input => {
        const secret = live(input.SecretId)
        const value = sentValue(input)
        if (!value) throw invalidParameter('You must provide either SecretString or SecretBinary.')
        const id = input.ClientRequestToken ?? randomUUID()
        const changed = addVersion(secret, { id, createdAt: now(), ...value, stages: input.VersionStages ?? [current] })
        secrets.put(secret.name, changed)
        const version = changed.versions.find(each => each.id === id)
        return { ...named(secret), VersionId: id, VersionStages: version?.stages }
      },
    ),

    UpdateSecretVersionStage: operation(
      shapes.UpdateSecretVersionStage,
      input => need('UpdateSecretVersionStage', input.SecretId, { 'secretsmanager:VersionStage': input.VersionStage }),
      input => {
        const secret = live(input.SecretId)
        const { VersionStage: stage, MoveToVersionId: to, RemoveFromVersionId: from } = input
        for (const id of [to, from]) if (id !== undefined) versionOf(secret, id, undefined)
        const holder = staged(secret, stage)
        if (holder && holder.id !== from && holder.id !== to) {
          throw invalidParameter(
            `The parameter RemoveFromVersionId can't be empty. Staging label ${stage} is currently attached to version ${holder.id}, so you must explicitly reference that version in RemoveFromVersionId.`,
          )
        }
        if (from !== undefined && holder?.id !== from) {
          throw invalidParameter(`Staging label ${stage} is not attached to version ${from}.`)
        }
        if (stage === current && to === undefined) {
          throw invalidParameter(
            "You can only move staging label AWSCURRENT to a different secret version. It can't be completely removed.",
          )
        }
        secrets.put(secret.name, { ...moveStage(secret, stage, to), changedAt: now() })
        return named(secret)
      },
    ),

    GetRandomPassword: operation(
      shapes.GetRandomPassword,
      () => [{ action: 'secretsmanager:GetRandomPassword', resource: '*', context: {} }],
      input => ({ RandomPassword: randomPassword(input) }),
    ),
  }
}

/** The value of a request: text or bytes, not both. */
export function sentValue(input: {
  SecretString?: string
  SecretBinary?: Buffer
}): { string?: string; binary?: string } | undefined {
  if (input.SecretString !== undefined && input.SecretBinary !== undefined) {
    throw invalidParameter("You can't specify both a binary secret value and a string secret value in the same secret.")
  }
  if (input.SecretBinary) return { binary: input.SecretBinary.toString('base64') }
  if (input.SecretString === undefined) return undefined
  if (Buffer.byteLength(input.SecretString) > 65_536) {
    throw invalidParameter('The secret value can be at most 65536 bytes.')
  }
  return { string: input.SecretString }
}

function versionOf(secret: Secret, id: string | undefined, stage: string | undefined) {
  const version = id ? secret.versions.find(each => each.id === id) : staged(secret, stage ?? current)
  if (!version || !(version.string ?? version.binary)) {
    const missing = id ? `VersionId: ${id}` : `staging label: ${stage ?? current}`
    const message = `Secrets Manager can't find the specified secret value for ${missing}`
    throw new Refusal('ResourceNotFoundException', message)
  }
  if (stage === undefined || version.stages.includes(stage)) return version
  throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.')
}
