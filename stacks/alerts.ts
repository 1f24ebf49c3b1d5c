import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { type IAlarm, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Key } from 'aws-cdk-lib/aws-kms'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { Construct } from 'constructs'
import { together, watch } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { acknowledge } from './gates.ts'

const operations = ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems']

/** Where alarms go, and the one of what everything hangs on. It stands before the domains, whose alarms name both. */
export class AlertsStack extends Stack {
  readonly topic: Topic
  /** While the table fails, every function does: this one calls, and theirs do not. */
  readonly tableFailing: IAlarm

  constructor(scope: Construct, id: string, props: StackProps & { configuration: Configuration; data: DataStack }) {
    super(scope, id, props)
    const { configuration, data } = props
    const { stage, alertEmail } = configuration
    this.topic = new Topic(this, 'Alerts', {
      topicName: `haven-${stage}-alerts`,
      masterKey: data.logsKey,
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
    this.tableFailing = this.watchTables(data)
  }

  private watchTables({ table, recordKeys }: DataStack): IAlarm {
    const metric = (metricName: string, TableName: string, Operation?: string) =>
      new Metric({
        namespace: 'AWS/DynamoDB',
        metricName,
        dimensionsMap: { TableName, ...(Operation && { Operation }) },
        period: Duration.minutes(1),
        statistic: 'Sum',
      })
    const tables = [
      { id: 'Table', of: 'the table', name: table.tableName, asked: operations },
      { id: 'Keys', of: 'the table of keys', name: recordKeys.tableName, asked: ['BatchGetItem'] },
    ]
    const alarms = tables.flatMap(({ id, of, name, asked }) => [
      ...['ReadThrottleEvents', 'WriteThrottleEvents'].map(kind =>
        watch(this, `${id}${kind}`, {
          metric: metric(kind, name),
          threshold: 1,
          description: `DynamoDB refused requests to ${of}: ${kind}`,
          runbook: 'table-failing',
        }),
      ),
      ...asked.map(operation =>
        watch(this, `${id}SystemErrors${operation}`, {
          metric: metric('SystemErrors', name, operation),
          threshold: 1,
          description: `DynamoDB failed at ${operation} of ${of}`,
          runbook: 'table-failing',
        }),
      ),
    ])
    return together(this, 'TableFailing', alarms, {
      description: 'A table refuses requests, or fails at them: everything else fails with it',
      runbook: 'table-failing',
      alerts: this.topic,
    })
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
