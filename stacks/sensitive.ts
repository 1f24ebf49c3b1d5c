import type { Stack } from 'aws-cdk-lib'
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { KeyName } from '../shared/kernel/port.ts'
import { functionName } from './name.ts'

/**
 * The only functions that may use the keys of sensitive notes. What a port grants is not enough: whoever is not named here is
 * refused by the key itself, whatever policy they have, an administrator of the account too.
 */
export const sensitiveRoles = {
  psychotherapy: ['psychotherapy.create', 'psychotherapy.get'],
  'substance-use': ['substanceuse.create', 'substanceuse.get', 'recordexports.run'],
} as const satisfies Partial<Record<KeyName, readonly string[]>>

/** Refuses a key's use to all but some functions. Who manages keys may still change this, and CloudTrail says that they did. */
export const usedByNobodyBut = ({ account }: Stack, stage: string, ids: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    sid: 'OnlyNamedFunctions',
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*', 'kms:CreateGrant'],
    resources: ['*'],
    conditions: {
      ArnNotEquals: { 'aws:PrincipalArn': ids.map(id => `arn:aws:iam::${account}:role/${functionName(stage, id)}`) },
    },
  })
