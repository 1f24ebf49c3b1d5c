import { randomUUID } from 'node:crypto'
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { forgetSecret } from '../../shared/adapters/secrets.ts'
import { type SecretName, secretVariable } from '../../shared/kernel/port.ts'
import { place, work } from './index.ts'

export const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const
export type Step = (typeof steps)[number]

/** A secret of this test's own, in the place of that of all tests, and the worker that turns it. */
export async function turnable(name: SecretName, workerId: string, text: string) {
  const manager = new SecretsManagerClient({ endpoint: place.environment.AWS_ENDPOINT_URL, region: 'us-east-1' })
  const Name = `test/${name}/${randomUUID()}`
  const { ARN: SecretId = '' } = await manager.send(new CreateSecretCommand({ Name, SecretString: text }))
  process.env[secretVariable(name)] = SecretId
  forgetSecret(name)
  const value = async (VersionStage = 'AWSCURRENT') =>
    (await manager.send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString ?? ''

  return {
    value,
    /** Writes a version past the worker. */
    put: (ClientRequestToken: string, SecretString: string) =>
      manager.send(
        new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages: ['AWSPENDING'] }),
      ),
    stages: async () => (await manager.send(new DescribeSecretCommand({ SecretId }))).VersionIdsToStages ?? {},
    /** Asks for a turn, and gives what takes its steps, one by one. */
    async begin(): Promise<{ version: string; step: (step: Step) => Promise<unknown> }> {
      const asked = new RotateSecretCommand({ SecretId, RotationLambdaARN: workerId })
      const { VersionId: version = '' } = await manager.send(asked)
      return { version, step: Step => work(workerId, { Step, SecretId, ClientRequestToken: version }) }
    },
    /** A whole turn, as it goes when nothing is amiss. */
    async turn(): Promise<void> {
      const { step } = await this.begin()
      for (const each of steps) await step(each)
    },
  }
}
