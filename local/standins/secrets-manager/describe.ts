import { region } from '../../aws/service.ts'
import type { Secret } from './secret.ts'

/** A secret without its values, as DescribeSecret answers it. */
export const describe = (secret: Secret): object => ({
  ...common(secret),
  VersionIdsToStages: stages(secret),
})

/** A secret without its values, as ListSecrets answers it. */
export const entry = (secret: Secret): object => ({
  ...common(secret),
  SecretVersionsToStages: stages(secret),
})

const common = (secret: Secret) => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  LastChangedDate: secret.changedAt,
  LastAccessedDate: secret.accessedAt,
  DeletedDate: secret.deletedAt,
  ...(secret.rotation && {
    RotationEnabled: true,
    RotationLambdaARN: secret.rotation.functionArn,
    RotationRules: { ScheduleExpression: secret.rotation.expression },
    LastRotatedDate: secret.rotation.lastAt,
  }),
  CreatedDate: secret.createdAt,
  PrimaryRegion: region,
  Tags: secret.tags,
})

const stages = (secret: Secret): Record<string, string[]> =>
  Object.fromEntries(
    secret.versions.filter(version => version.stages.length > 0).map(version => [version.id, version.stages]),
  )
