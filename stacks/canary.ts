import { join } from 'node:path'
import { Duration, type Stack } from 'aws-cdk-lib'
import type { IAlarm, IMetric } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { together, watch } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { operation } from './operation.ts'

interface Canary {
  configuration: Configuration
  data: DataStack
  alerts: ITopic
  /** Where its function was built. */
  dir: string
  /** That nothing answers at all. */
  unless: IAlarm
  /** Its count of runs in which all held. */
  held: IMetric
}

/** Asks the portal every five minutes, by its own name and through its edge, what a smoke test asks of a new deployment. */
export function canary(scope: Stack, { configuration, data, alerts, dir, unless, held }: Canary): void {
  const description = 'Asks the portal from outside whether all is as it must be'
  const asks = operation(
    scope,
    {
      id: 'canary.run',
      description,
      dir: join(dir, 'run'),
      timeout: Duration.seconds(60),
      by: 'schedule',
      reserved: 1,
      environment: { PORTAL_ORIGIN: configuration.origin },
      rights: [],
    },
    { configuration, data },
  )
  new Rule(scope, 'Canary', {
    schedule: Schedule.expression('rate(5 minutes)'),
    description,
    targets: [
      new LambdaFunction(asks, {
        retryAttempts: 0,
        deadLetterQueue: Queue.fromQueueArn(scope, 'CanaryUndelivered', data.deadLetters.queueArn),
      }),
    ],
  })
  const silent = watch(scope, 'CanarySilent', {
    metric: held,
    threshold: 1,
    below: true,
    periods: 3,
    description: 'No run of the canary has held for a quarter of an hour',
    runbook: 'outside-check',
  })
  together(scope, 'CanaryFails', [silent], {
    description: 'The portal answers from outside, and not as it must: the log of the canary says in what',
    runbook: 'outside-check',
    alerts,
    unless,
  })
}
