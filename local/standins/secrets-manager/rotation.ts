import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Collection } from '../database.ts'
import { type Operation, operation } from '../operation.ts'
import { invalidRequest, type Lookup, named, need } from './lookup.ts'
import { current, moveStage, pending, type Secret, staged } from './secret.ts'
import * as shapes from './shapes.ts'

/** Invokes the function of a rotation, and throws when it fails. */
export type InvokeStep = (functionArn: string, step: object) => Promise<void>

const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret']

/** So often a step that fails is tried, with a pause before each next try. */
const mostTries = 5
const pauseMs = 100

/** The operation that turns a secret. `now` is in seconds. */
export function rotationOperations(
  secrets: Collection<Secret>,
  { live }: Lookup,
  now: () => number,
  invoker: () => InvokeStep | undefined,
): Record<string, Operation> {
  return {
    RotateSecret: operation(
      shapes.RotateSecret,
      input => need('RotateSecret', input.SecretId),
      input => {
        const secret = configured(
          live(input.SecretId),
          input.RotationLambdaARN,
          input.RotationRules?.ScheduleExpression,
        )
        secrets.put(secret.name, secret)
        if (input.RotateImmediately === false) return named(secret)
        const invoke = invoker()
        if (!(secret.rotation && invoke))
          throw invalidRequest('No Lambda rotation function ARN is associated with this secret.')
        // One that was begun and not ended is gone on with: it may have been set somewhere already.
        const begun = staged(secret, pending)
        const id =
          begun && begun.id !== staged(secret, current)?.id ? begun.id : (input.ClientRequestToken ?? randomUUID())
        if (begun?.id !== id) {
          const empty = { id, createdAt: now(), stages: [] }
          secrets.put(secret.name, moveStage({ ...secret, versions: [...secret.versions, empty] }, pending, id))
        }
        void turn(secret, id, invoke)
        return { ...named(secret), VersionId: id }
      },
    ),
  }

  async function turn({ name, arn, rotation }: Secret, id: string, send: InvokeStep): Promise<void> {
    for (const Step of steps) {
      for (let tries = 1; ; tries++) {
        try {
          await send(rotation?.functionArn ?? '', { Step, SecretId: arn, ClientRequestToken: id })
          break
        } catch {
          // It stays begun, and whoever asks again goes on with it.
          if (tries === mostTries) return
          await setTimeout(pauseMs * 2 ** tries, undefined, { ref: false })
        }
      }
    }
    const turned = live(name)
    if (turned.rotation) secrets.put(name, { ...turned, rotation: { ...turned.rotation, lastAt: now() } })
  }
}

function configured(secret: Secret, functionArn: string | undefined, expression: string | undefined): Secret {
  const known = secret.rotation?.functionArn
  const arn = functionArn ?? known
  if (!arn) return secret
  return { ...secret, rotation: { ...secret.rotation, functionArn: arn, ...(expression && { expression }) } }
}
