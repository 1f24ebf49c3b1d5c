import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { Dashboard, GraphWidget, type IMetric, Metric, SingleValueWidget } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { type Entry, isAction } from '../functions/catalogue.ts'
import { watch } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { acknowledge } from './gates.ts'
import { functionName } from './name.ts'

/** Where alarms go. It stands before the domains, whose alarms name it. */
export class AlertsStack extends Stack {
  readonly topic: Topic

  constructor(scope: Construct, id: string, props: StackProps & { configuration: Configuration; key: Key }) {
    super(scope, id, props)
    const { stage, alertEmail } = props.configuration
    this.topic = new Topic(this, 'Alerts', {
      topicName: `haven-${stage}-alerts`,
      masterKey: props.key,
      enforceSSL: true,
    })
    // The policy that refuses plain HTTP takes the place of the default one, which let this account's alarms publish.
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    )
    if (alertEmail) {
      acknowledge(
        this.topic,
        'An alarm is a state: CloudWatch shows it, and tells it again when it changes. A queue of mails that did not arrive would be watched by an alarm that writes to the same address.',
        'Serverless-SNSRedrivePolicy',
      )
      this.topic.addSubscription(new EmailSubscription(alertEmail))
    }
  }
}

/** CloudWatch may use the topic's key: without it an alarm of an encrypted topic is lost without a word. */
export function alarmsMayUse(key: Key): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: ['*'],
    }),
  )
}

/** Refusals in five minutes that are no mistyping any more: a thousand people at work mistype one or two a minute. */
const credentialBurst = 100

/** What `shared/pipeline/steps/answer.ts` counts a refusal by: the class of requests, or the rule at an account. */
const requestClasses = ['credential', 'anonymous', 'read', 'write', 'bulk', 'api-key', 'mailbox', 'password-check']
const accountRules = ['account-delayed', 'too-many-attempts']

interface MonitoringProps extends StackProps {
  configuration: Configuration
  entries: readonly Entry[]
  data: DataStack
  alerts: Topic
}

/** Alarms of what all functions share, and the dashboard of the system and of the business. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, entries, data, alerts, ...props }: MonitoringProps) {
    super(scope, id, props)
    const { stage } = configuration
    const period = Duration.minutes(5)
    const table = (metricName: string, statistic = 'Sum') =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName: data.table.tableName },
        period,
        statistic,
      })
    const operations = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems']
    const byOperation = (metricName: string) =>
      operations.map(
        Operation =>
          new Metric({
            namespace: 'AWS/DynamoDB',
            metricName,
            dimensionsMap: { TableName: data.table.tableName, Operation },
            period,
            statistic: 'Sum',
          }),
      )
    const own = (metricName: string, action?: string) =>
      new Metric({
        namespace: 'Haven',
        metricName,
        dimensionsMap: { service: 'haven', ...(action && { action }) },
        period,
        statistic: 'Sum',
      })

    for (const kind of ['ReadThrottleEvents', 'WriteThrottleEvents']) {
      watch(this, `Table${kind}`, alerts, {
        metric: table(kind),
        threshold: 1,
        description: `The table refused requests: ${kind}`,
      })
    }
    for (const [index, metric] of byOperation('SystemErrors').entries()) {
      const operation = operations[index] ?? ''
      watch(this, `TableSystemErrors${operation}`, alerts, {
        metric,
        threshold: 1,
        description: `DynamoDB failed at ${operation}`,
      })
    }
    watch(this, 'DeadLetters', alerts, {
      metric: data.deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      threshold: 1,
      description: 'A message was given up: somebody must look at it',
    })
    watch(this, 'ClaimsWait', alerts, {
      metric: data.queues.claims.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
      threshold: 900,
      description: 'A claim waits for a quarter of an hour to be sent',
    })
    watch(this, 'AuditUnavailable', alerts, {
      metric: own('AuditUnavailable'),
      threshold: 1,
      description: 'Requests were refused because their audit records could not be written',
    })
    watch(this, 'DenialNotRecorded', alerts, {
      metric: own('DenialNotRecorded'),
      threshold: 1,
      description: 'Requests were refused and the refusals are not in the audit trail',
    })

    watch(this, 'CredentialsRefused', alerts, {
      metric: own('CredentialsRefused'),
      threshold: credentialBurst,
      description: `Somebody guesses: ${credentialBurst} passwords, codes or links were refused in five minutes`,
    })
    watch(this, 'AddressesLimited', alerts, {
      metric: own('Limited-credential'),
      threshold: credentialBurst,
      description: `Addresses go on signing in beyond their limit: ${credentialBurst} refusals in five minutes`,
    })
    watch(this, 'AuditTampered', alerts, {
      metric: own('AuditRecordsTampered', 'audit.watch'),
      threshold: 1,
      description:
        'Somebody changed or removed a record of the audit trail: preserve the table and the archive, and verify',
    })
    watch(this, 'AuditSealLag', alerts, {
      metric: new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'IteratorAge',
        dimensionsMap: { FunctionName: functionName(stage, 'audit.seal') },
        period,
        statistic: 'Maximum',
      }),
      threshold: 15 * 60_000,
      description: 'Audit records wait for a quarter of an hour to be sealed',
    })
    watch(this, 'AuditHeartbeatMissing', alerts, {
      metric: own('AuditHeartbeats', 'audit.heartbeat'),
      threshold: 1,
      below: true,
      periods: 3,
      description: 'The audit archive has had no heartbeat for a quarter of an hour: its end could be cut off unseen',
    })
    watch(this, 'AuditReviewsOverdue', alerts, {
      metric: own('AuditReviewsOverdue', 'audit.plan-reviews'),
      threshold: 1,
      description: 'A day of a practice waits for its review longer than a day: nobody has looked at what was unusual',
    })
    for (const worker of ['notices.deliver', 'notices.redeliver']) {
      watch(this, `NoticesAbandoned-${worker}`, alerts, {
        metric: own('NoticesAbandoned', worker),
        threshold: 1,
        description: `Somebody was not told of what happened to their account: ${worker} gave a message up`,
      })
    }

    const business = entries.flatMap(entry =>
      isAction(entry) && entry.declaration.metric ? [own(entry.declaration.metric, entry.id)] : [],
    )
    const lambdas = (metricName: string, statistic: string): IMetric[] =>
      entries.map(
        entry =>
          new Metric({
            namespace: 'AWS/Lambda',
            metricName,
            dimensionsMap: { FunctionName: functionName(stage, entry.id) },
            label: entry.id,
            period,
            statistic,
          }),
      )
    const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12, height: 7 })
    new Dashboard(this, 'Dashboard', {
      dashboardName: `haven-${stage}`,
      widgets: [
        [new SingleValueWidget({ title: 'Business', metrics: business, width: 24, height: 4 })],
        [graph('Appointments, claims, sessions', business), graph('Errors', lambdas('Errors', 'Sum'))],
        [graph('Duration p99', lambdas('Duration', 'p99')), graph('Throttles', lambdas('Throttles', 'Sum'))],
        [
          graph('Table capacity', [table('ConsumedReadCapacityUnits'), table('ConsumedWriteCapacityUnits')]),
          graph('Table throttles', [table('ReadThrottleEvents'), table('WriteThrottleEvents')]),
        ],
        [
          graph(
            'Refused by rate limits',
            [...requestClasses, ...accountRules].map(name => own(`Limited-${name}`)),
          ),
          graph('Attacks on accounts', [own('CredentialsRefused'), own('AccountsLocked', 'limits.tell-locked')]),
        ],
        [
          graph('Claims queue', [
            data.queues.claims.metricApproximateNumberOfMessagesVisible({ period }),
            data.queues.claims.metricApproximateAgeOfOldestMessage({ period }),
            data.deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
          ]),
        ],
      ],
    })
  }
}
