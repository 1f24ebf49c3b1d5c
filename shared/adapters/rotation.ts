import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager'
import type { SecretName } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import { arnOf, call, manager } from './secrets.ts'

/** What a version says, and since when it is the present one at the earliest: a turn may have ended long after its version was made. */
interface Present {
  text: string
  since: Date
}

/**
 * A secret as its rotation sees it. All of it may be done again, by a step that is repeated or by two at once: a version is written once,
 * and one that is the present one already stays so.
 */
export const rotation = (name: SecretName) => {
  const SecretId = arnOf(name)

  /** A version by its name, or the present one. */
  async function read(version?: string): Promise<{ text: string; madeAt: Date } | undefined> {
    const which = version ? { VersionId: version, VersionStage: 'AWSPENDING' } : {}
    const found = await call(signal =>
      manager()
        .send(new GetSecretValueCommand({ SecretId, ...which }), { abortSignal: signal })
        .catch(nothing),
    )
    return found?.SecretString ? { text: found.SecretString, madeAt: found.CreatedDate ?? new Date(0) } : undefined
  }

  const described = () =>
    call(signal => manager().send(new DescribeSecretCommand({ SecretId }), { abortSignal: signal }))

  /** The name of the present version, when the last turn ended, and whether a version is the one that a turn has been begun for. */
  async function standing(version: string): Promise<{ present: string; isPresent: boolean; turnedAt: Date }> {
    const { VersionIdsToStages = {}, LastRotatedDate: turnedAt = new Date(0) } = await described()
    const [present = ''] = Object.entries(VersionIdsToStages).find(([, stages]) => stages?.includes('AWSCURRENT')) ?? []
    const isPresent = present === version
    if (!(isPresent || VersionIdsToStages[version]?.includes('AWSPENDING'))) {
      throw new Problem('conflict', { cause: new Error(`nobody has begun to turn ${name} to this version`) })
    }
    return { present, isPresent, turnedAt }
  }

  return {
    /** What is said now, to whoever turns nothing. */
    async present(): Promise<Present> {
      const [present, { LastRotatedDate = new Date(0) }] = await Promise.all([read(), described()])
      if (!present) throw new Error(`the secret ${name} has no text`)
      return { text: present.text, since: latest(present.madeAt, LastRotatedDate) }
    },

    /** Makes the version from the present one. One that was made is left as it is. */
    async make(version: string, from: (present: Present) => string): Promise<void> {
      const { isPresent, turnedAt } = await standing(version)
      if (isPresent || (await read(version))) return
      const present = await read()
      if (!present) throw new Error(`the secret ${name} has no text`)
      const command = new PutSecretValueCommand({
        SecretId,
        ClientRequestToken: version,
        SecretString: from({ text: present.text, since: latest(present.madeAt, turnedAt) }),
        VersionStages: ['AWSPENDING'],
      })
      await call(signal =>
        manager()
          .send(command, { abortSignal: signal })
          // Another run of this step has made it.
          .catch(otherwise('ResourceExistsException')),
      )
    },

    /** What the version says beside what is said now; nothing when it is the present one, since then all is done. */
    async both(version: string): Promise<{ present: string; pending: string } | undefined> {
      if ((await standing(version)).isPresent) return undefined
      const [present, pending] = await Promise.all([read(), read(version)])
      if (!present || !pending) throw new Problem('conflict', { cause: new Error(`${name} has no version to turn to`) })
      return { present: present.text, pending: pending.text }
    },

    /** From now on it is the present one, and the one that was is the previous one. */
    async finish(version: string): Promise<void> {
      const { present, isPresent } = await standing(version)
      if (isPresent) return
      const command = new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: version,
        RemoveFromVersionId: present,
      })
      await call(signal => manager().send(command, { abortSignal: signal }))
    },
  }
}

const latest = (one: Date, other: Date): Date => (one > other ? one : other)

const otherwise =
  (name: string) =>
  (error: Error): undefined => {
    if (error.name !== name) throw error
  }

const nothing = otherwise('ResourceNotFoundException')
