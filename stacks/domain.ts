import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { HttpMethod, HttpRoute, HttpRouteKey, type IHttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping, FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import { CfnRotationSchedule } from 'aws-cdk-lib/aws-secretsmanager'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import { type Entry, isAction, isWorker } from '../functions/catalogue.ts'
import type { Action } from '../shared/kernel/action.ts'
import { splitRoute } from '../shared/kernel/route.ts'
import type { Worker } from '../shared/kernel/worker.ts'
import { together } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { DomainFunction } from './function.ts'
import { acknowledge, wildcard } from './gates.ts'
import { mayUseKeyOfQueues } from './policy.ts'
import type { ReleaseStack } from './release.ts'

interface DomainProps extends StackProps {
  entries: readonly Entry[]
  dirs: ReadonlyMap<string, string>
  api: IHttpApi
  data: DataStack
  alerts: ITopic
  /** Of the table: while it stands, it is the one that calls. */
  tableFailing: IAlarm
  configuration: Configuration
  release?: ReleaseStack
  distributionId?: string
}

/** The functions of one domain, each with its route or its source. */
export class DomainStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { entries, dirs, api, data, alerts, tableFailing, configuration, release, distributionId, ...props }: DomainProps,
  ) {
    super(scope, id, props)
    const alarms: IAlarm[] = []
    for (const entry of entries) {
      const codeDir = dirs.get(entry.id)
      if (!codeDir) throw new Error(`${entry.id} was not bundled`)
      const fn = new DomainFunction(this, { entry, codeDir, data, configuration, release, distributionId })
      alarms.push(...fn.alarms)
      if (isAction(entry)) this.addRoute(entry, fn, api)
      if (isWorker(entry)) this.addSource(entry, fn, data)
    }
    together(this, 'Unwell', alarms, {
      description: `Functions of ${entries[0]?.domain} fail, are slow or are refused: the alarms under this one say which`,
      runbook: 'domain-unwell',
      alerts,
      unless: tableFailing,
    })
  }

  private addRoute({ name, declaration }: Entry<Action>, { live }: DomainFunction, httpApi: IHttpApi): void {
    const { method, path } = splitRoute(declaration.route)
    const route = new HttpRoute(this, `${name}-route`, {
      httpApi,
      routeKey: HttpRouteKey.with(path, HttpMethod[method]),
      integration: new HttpLambdaIntegration(`${name}-integration`, live),
    })
    acknowledge(
      route,
      declaration.allow === 'anyone'
        ? 'Open to anyone by its declaration: it is how a caller comes to a session or a token, or it shows nothing of anybody. It is limited by address.'
        : 'The function checks session or token, deadlines and permission before anything else, in the pipeline that all functions share; a generated test asks every such route without a session, with a wrong role and as another practice. An authorizer could not record the denial in the audit trail.',
      'AwsSolutions-APIG4',
    )
  }

  private addSource({ name, declaration }: Entry<Worker>, fn: DomainFunction, data: DataStack): void {
    const { source } = declaration
    if ('schedule' in source) {
      new Rule(this, `${name}-schedule`, {
        schedule: Schedule.expression(source.schedule),
        description: declaration.summary,
        targets: [
          new LambdaFunction(fn.live, {
            retryAttempts: 2,
            maxEventAge: Duration.minutes(10),
            // By its ARN: the queue's own policy lets rules of ours in, and needs no word of each of them.
            deadLetterQueue: Queue.fromQueueArn(this, `${name}-undelivered`, data.deadLetters.queueArn),
          }),
        ],
      })
      return
    }
    if ('rotates' in source) {
      const { secretArn } = data.secrets[source.rotates]
      fn.live.addPermission('Rotation', {
        principal: new ServicePrincipal('secretsmanager.amazonaws.com'),
        sourceArn: secretArn,
        sourceAccount: this.account,
      })
      // Beside its function: with the secret, each of the two stacks would wait for the other.
      new CfnRotationSchedule(this, `${name}-turns`, {
        secretId: secretArn,
        rotationLambdaArn: fn.live.functionArn,
        rotationRules: { scheduleExpression: source.every },
      }).node.addDependency(fn.live)
      return
    }
    if ('queue' in source) {
      const queue = data.queues[source.queue]
      fn.policy.addStatements(
        new PolicyStatement({
          actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility', 'sqs:GetQueueAttributes'],
          resources: [queue.queueArn],
        }),
        mayUseKeyOfQueues(data, 'kms:Decrypt'),
      )
      const mapping = new EventSourceMapping(this, `${name}-source`, {
        target: fn.live,
        eventSourceArn: queue.queueArn,
        batchSize: 1,
        reportBatchItemFailures: true,
      })
      mapping.node.addDependency(fn.policy)
      acknowledge(
        mapping,
        'Lambda takes no failure destination for a queue: the redrive policy of the queue sends what has failed ten times to the dead letters.',
        'Serverless-LambdaEventSourceMappingDestination',
      )
      return
    }
    const streamArn = data.table.tableStreamArn
    if (!streamArn) throw new Error('the table has no stream')
    fn.policy.addStatements(
      new PolicyStatement({
        actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
        resources: [streamArn],
      }),
      // Lambda asks for it when the mapping is made; it names streams and shows nothing of them.
      new PolicyStatement({ actions: ['dynamodb:ListStreams'], resources: ['*'] }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [data.deadLetters.queueArn] }),
      mayUseKeyOfQueues(data, 'kms:Decrypt', 'kms:GenerateDataKey'),
    )
    acknowledge(
      fn.policy,
      'dynamodb:ListStreams knows no resource. Lambda asks for it when the mapping is made; it names streams and shows nothing of them.',
      wildcard('*'),
    )
    new EventSourceMapping(this, `${name}-source`, {
      target: fn.live,
      eventSourceArn: streamArn,
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: declaration.batch?.size ?? 25,
      ...(declaration.batch && { maxBatchingWindow: Duration.seconds(declaration.batch.seconds) }),
      bisectBatchOnError: true,
      retryAttempts: 10,
      maxRecordAge: Duration.hours(6),
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: data.deadLetters.queueArn }) },
      filters: [
        FilterCriteria.filter({
          eventName: source.stream.on === 'INSERT' ? FilterRule.isEqual('INSERT') : FilterRule.or('MODIFY', 'REMOVE'),
          dynamodb: { Keys: { pk: { S: FilterRule.beginsWith(`${source.stream.entity}#`) } } },
        }),
      ],
    }).node.addDependency(fn.policy)
  }
}
