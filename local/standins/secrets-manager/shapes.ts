import * as z from 'zod'
import { blob, integer, text } from '../shape.ts'

const SecretId = text(1, 2048)
const Token = text(32, 64)
const Stage = text(1, 256)
const Tag = z.object({ Key: text(1, 128), Value: text(0, 256) })

const value = {
  SecretString: text(1, 65_536).optional(),
  SecretBinary: blob(1, 65_536).optional(),
}

export const CreateSecret = z.object({
  Name: text(1, 512, /^[A-Za-z0-9/_+=.@-]+$/),
  ClientRequestToken: Token.optional(),
  Description: text(0, 2048).optional(),
  KmsKeyId: text(0, 2048).optional(),
  Tags: z.array(Tag).max(50).optional(),
  ...value,
})

export const GetSecretValue = z.object({
  SecretId,
  VersionId: Token.optional(),
  VersionStage: Stage.optional(),
})

export const PutSecretValue = z.object({
  SecretId,
  ClientRequestToken: Token.optional(),
  VersionStages: z.array(Stage).min(1).max(20).optional(),
  ...value,
})

export const OneSecret = z.object({ SecretId })

export const RotateSecret = z.object({
  SecretId,
  ClientRequestToken: Token.optional(),
  RotationLambdaARN: text(0, 2048).optional(),
  RotationRules: z.object({ ScheduleExpression: text(1, 256).optional() }).optional(),
  RotateImmediately: z.boolean().optional(),
})

export const UpdateSecretVersionStage = z.object({
  SecretId,
  VersionStage: Stage,
  RemoveFromVersionId: Token.optional(),
  MoveToVersionId: Token.optional(),
})

export const DeleteSecret = z.object({
  SecretId,
  RecoveryWindowInDays: z.number().int().optional(),
  ForceDeleteWithoutRecovery: z.boolean().optional(),
})

export const ListSecrets = z.object({
  IncludePlannedDeletion: z.boolean().optional(),
  MaxResults: integer(1, 100).optional(),
  NextToken: text(1, 4096).optional(),
  SortOrder: z.enum(['asc', 'desc']).optional(),
  Filters: z
    .array(
      z.object({
        Key: z.enum(['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all']),
        Values: z
          .array(text(1, 512, /^!?[a-zA-Z0-9 :_@/+=.\-!]*$/))
          .min(1)
          .max(10),
      }),
    )
    .max(10)
    .optional(),
})

export const GetRandomPassword = z.object({
  PasswordLength: integer(1, 4096).optional(),
  ExcludeCharacters: text(0, 4096).optional(),
  ExcludeNumbers: z.boolean().optional(),
  ExcludePunctuation: z.boolean().optional(),
  ExcludeUppercase: z.boolean().optional(),
  ExcludeLowercase: z.boolean().optional(),
  IncludeSpace: z.boolean().optional(),
  RequireEachIncludedType: z.boolean().optional(),
})
