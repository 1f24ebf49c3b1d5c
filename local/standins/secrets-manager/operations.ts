import { randomUUID } from 'node:crypto'
import type { Collection } from '../database.ts'
import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { describe, entry } from './describe.ts'
import { listSecrets } from './list.ts'
import { invalidParameter, invalidRequest, type Lookup, named, need } from './lookup.ts'
import { addVersion, arnOf, current, nameOf, type Secret } from './secret.ts'
import * as shapes from './shapes.ts'
import { sentValue } from './values.ts'

/** The operations on whole secrets. `now` is in seconds. */
export function secretOperations(
  secrets: Collection<Secret>,
  { find, get, live }: Lookup,
  now: () => number,
): Record<string, Operation> {
  return {
    CreateSecret: operation(
      shapes.CreateSecret,
      input => need('CreateSecret', input.Name, { 'secretsmanager:Name': input.Name, ...requestTags(input.Tags) }),
      input => {
        const createdAt = now()
        const known = find(input.Name)
        const value = sentValue(input)
        if (known?.deletedAt !== undefined) {
          throw invalidRequest(
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
          )
        }
        const id = input.ClientRequestToken ?? randomUUID()
        if (known) {
          const retried = known.versions.find(version => version.id === id)
          if (value && retried?.string === value.string && retried?.binary === value.binary) {
            return { ARN: known.arn, Name: known.name, VersionId: id }
          }
          const message = `The operation failed because the secret ${input.Name} already exists.`
          throw new Refusal('ResourceExistsException', message)
        }
        const secret: Secret = {
          name: input.Name,
          arn: arnOf(input.Name),
          description: input.Description,
          kmsKeyId: input.KmsKeyId,
          tags: input.Tags ?? [],
          createdAt,
          changedAt: createdAt,
          versions: [],
        }
        secrets.put(secret.name, value ? addVersion(secret, { id, createdAt, ...value, stages: [current] }) : secret)
        return { ARN: secret.arn, Name: secret.name, VersionId: value && id }
      },
    ),

    DescribeSecret: operation(
      shapes.OneSecret,
      input => need('DescribeSecret', input.SecretId),
      input => describe(get(input.SecretId)),
    ),

    ListSecrets: operation(
      shapes.ListSecrets,
      () => [{ action: 'secretsmanager:ListSecrets', resource: '*', context: {} }],
      input => {
        const known = secrets.all().filter(secret => find(secret.name))
        const { page, next } = listSecrets(known, input)
        return { SecretList: page.map(entry), NextToken: next }
      },
    ),

    DeleteSecret: operation(
      shapes.DeleteSecret,
      input =>
        need('DeleteSecret', input.SecretId, {
          'secretsmanager:ForceDeleteWithoutRecovery': String(input.ForceDeleteWithoutRecovery ?? false),
          'secretsmanager:RecoveryWindowInDays': input.RecoveryWindowInDays?.toString(),
        }),
      input => {
        const { ForceDeleteWithoutRecovery: force, RecoveryWindowInDays: days = 30 } = input
        if (force && input.RecoveryWindowInDays !== undefined) {
          throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
        }
        if (days < 7 || days > 30) {
          throw invalidParameter('The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).')
        }
        if (force) {
          // A forced deletion of a secret that is not there succeeds, so that it can be repeated.
          const name = find(input.SecretId)?.name ?? nameOf(input.SecretId) ?? input.SecretId
          secrets.delete(name)
          return { ARN: arnOf(name), Name: name, DeletionDate: now() }
        }
        const secret = live(input.SecretId)
        const goneAt = now() + days * 86_400
        secrets.put(secret.name, { ...secret, deletedAt: now(), goneAt })
        return { ...named(secret), DeletionDate: goneAt }
      },
    ),

    RestoreSecret: operation(
      shapes.OneSecret,
      input => need('RestoreSecret', input.SecretId),
      input => {
        const { deletedAt: _, goneAt: __, ...secret } = get(input.SecretId)
        secrets.put(secret.name, secret)
        return named(secret)
      },
    ),
  }
}

function requestTags(tags: { Key: string; Value: string }[] = []): Record<string, string | string[] | undefined> {
  const keys = tags.map(tag => tag.Key)
  const each = Object.fromEntries(tags.map(tag => [`aws:RequestTag/${tag.Key}`, tag.Value]))
  return { ...each, 'aws:TagKeys': keys.length > 0 ? keys : undefined }
}
