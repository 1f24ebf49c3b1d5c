import { randomUUID } from 'node:crypto'
import type { AwsService } from '../aws/service.ts'
import { openDatabase } from './database.ts'
import { type Faults, faults } from './faults.ts'
import { service, targetRoute } from './operation.ts'
import { awsJson } from './protocol.ts'
import { lookup } from './secrets-manager/lookup.ts'
import { secretOperations } from './secrets-manager/operations.ts'
import { type InvokeStep, rotationOperations } from './secrets-manager/rotation.ts'
import { addVersion, arnOf, current, type Secret, staged } from './secrets-manager/secret.ts'
import { valueOperations } from './secrets-manager/values.ts'

/** AWS Secrets Manager on this machine. */
export interface SecretsManager {
  service: AwsService
  faults: Faults
  /** Tells by what the functions of rotations are invoked; before it no secret can be turned. */
  rotateBy(invoke: InvokeStep): void
  /**
   * Gives the secret its first value and returns its ARN. One that has a value keeps it, so that restarts never change
   * a key under the data; one that was marked for deletion is restored. A function is called only when a value is
   * needed.
   */
  ensureSecret(name: string, value: string | (() => string)): string
}

/**
 * Opens Secrets Manager on `<dataDir>/secrets-manager.sqlite`. Versions, stages, retry tokens, recovery windows and the four steps of
 * a rotation are the service's; a secret is turned when somebody asks for it, and not by its schedule.
 */
export function secretsManager(dataDir: string, now: () => number = Date.now): SecretsManager {
  const database = openDatabase(dataDir, 'secrets-manager')
  const secrets = database.collection<Secret>('secrets')
  const injected = faults()
  const seconds = () => now() / 1000
  const known = lookup(secrets, seconds)
  let invoke: InvokeStep | undefined

  return {
    faults: injected,
    rotateBy: by => {
      invoke = by
    },
    service: service({
      names: ['secretsmanager'],
      protocol: awsJson('1.1'),
      route: targetRoute('secretsmanager'),
      operations: {
        ...secretOperations(secrets, known, seconds),
        ...valueOperations(secrets, known, seconds),
        ...rotationOperations(secrets, known, seconds, () => invoke),
      },
      faults: injected,
      stop: () => database.close(),
    }),
    ensureSecret(name, value) {
      const createdAt = seconds()
      const { deletedAt, goneAt: _, ...secret } = known.find(name) ?? blank(name, createdAt)
      if (staged(secret, current)) {
        if (deletedAt !== undefined) secrets.put(name, secret)
        return secret.arn
      }
      const string = typeof value === 'string' ? value : value()
      secrets.put(name, addVersion(secret, { id: randomUUID(), createdAt, string, stages: [current] }))
      return secret.arn
    },
  }
}

const blank = (name: string, createdAt: number): Secret => ({
  name,
  arn: arnOf(name),
  tags: [],
  createdAt,
  changedAt: createdAt,
  versions: [],
})
