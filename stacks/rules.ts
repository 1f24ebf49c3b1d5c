import type { Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'

/** What a rule cannot deliver goes to the dead letters, from rules of this stage alone. */
export const rulesMaySend = (stack: Stack, queueArn: string): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queueArn],
    conditions: ofOurRules(stack),
  })

/** And is encrypted with this key on the way. */
export const rulesMayUse = (stack: Stack): PolicyStatement =>
  new PolicyStatement({
    principals: [new ServicePrincipal('events.amazonaws.com')],
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['*'],
    conditions: ofOurRules(stack),
  })

const ofOurRules = (stack: Stack): Record<string, unknown> => ({
  ArnLike: {
    'aws:SourceArn': stack.formatArn({
      service: 'events',
      resource: 'rule',
      resourceName: `${stack.stackName.replace(/Data$/, '')}*`,
    }),
  },
  StringEquals: { 'aws:SourceAccount': stack.account },
})
