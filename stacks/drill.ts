import { join } from 'node:path'
import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Rule, Schedule } from 'aws-cdk-lib/aws-events'
import { SfnStateMachine } from 'aws-cdk-lib/aws-events-targets'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { CfnStateMachine, StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { watch } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'
import { machine } from './drill/machine.ts'
import { partsOf } from './drill/parts.ts'
import { acknowledge } from './gates.ts'
import { allow, operation, type Right } from './operation.ts'

interface DrillProps extends StackProps {
  configuration: Configuration
  data: DataStack
  alerts: ITopic
  /** Where the two functions were built. */
  dir: string
}

/** Each month: the tables are restored beside themselves, compared with what is live, and the copies removed. */
export class DrillStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, data, alerts, dir, ...props }: DrillProps) {
    super(scope, id, props)
    const { stage, logDays } = configuration
    const surroundings = { configuration, data }
    const arnOf = (table: string) => this.formatArn({ service: 'dynamodb', resource: 'table', resourceName: table })
    const tables = [`haven-${stage}`, `haven-${stage}-keys`].map(live => ({ live, copy: `${live}-drill` }))
    const viaTable = { StringEquals: { 'kms:ViaService': `dynamodb.${this.region}.amazonaws.com` } }
    const [dataKey] = [data.dataKey.keyArn]

    const compare = operation(
      this,
      {
        id: 'drill.compare',
        description: 'Compares a part of a restored table with the live one',
        dir: join(dir, 'compare'),
        timeout: Duration.minutes(15),
        by: 'drill',
        reserved: 4,
        rights: [
          ...tables.flatMap(({ live, copy }): Right[] => [
            [['dynamodb:Scan', 'dynamodb:BatchGetItem'], arnOf(live)],
            [['dynamodb:Scan', 'dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem'], arnOf(copy)],
          ]),
          [['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'], dataKey, undefined, viaTable],
        ],
      },
      surroundings,
    )
    const report = operation(
      this,
      {
        id: 'drill.report',
        description: 'Adds up what a drill found, and says whether the copy would do',
        dir: join(dir, 'report'),
        timeout: Duration.seconds(30),
        by: 'drill',
        reserved: 1,
        rights: [],
      },
      surroundings,
    )

    const role = new Role(this, 'Role', {
      roleName: `haven-${stage}-drill`,
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
      description: 'The drill restores the tables beside themselves, and removes the copies',
    })
    const policy = allow(this, 'Policy', role, [
      ...tables.flatMap(({ live, copy }): Right[] => [
        [['dynamodb:RestoreTableToPointInTime', 'dynamodb:DescribeTable'], arnOf(live)],
        // What DynamoDB asks of whoever restores, of the new table alone.
        [
          [
            'dynamodb:DescribeTable',
            'dynamodb:DeleteTable',
            'dynamodb:BatchWriteItem',
            'dynamodb:DeleteItem',
            'dynamodb:GetItem',
            'dynamodb:PutItem',
            'dynamodb:Query',
            'dynamodb:Scan',
            'dynamodb:UpdateItem',
          ],
          arnOf(copy),
        ],
      ]),
      [['lambda:InvokeFunction'], compare.functionArn],
      [['lambda:InvokeFunction'], report.functionArn],
      [
        ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:CreateGrant'],
        dataKey,
        undefined,
        viaTable,
      ],
      [
        [
          'logs:CreateLogDelivery',
          'logs:GetLogDelivery',
          'logs:UpdateLogDelivery',
          'logs:DeleteLogDelivery',
          'logs:ListLogDeliveries',
          'logs:PutResourcePolicy',
          'logs:DescribeResourcePolicies',
          'logs:DescribeLogGroups',
        ],
        '*',
        'Step Functions asks for these to deliver its log, and they know no resource: they name deliveries and show nothing of what is in a log.',
      ],
    ])
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/vendedlogs/states/haven-${stage}-drill`,
      retention: logDays,
      encryptionKey: data.logsKey,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    const drill = new CfnStateMachine(this, 'Drill', {
      stateMachineName: `haven-${stage}-drill`,
      roleArn: role.roleArn,
      definition: machine({
        tables,
        parts: tables.flatMap(partsOf),
        compare: compare.functionArn,
        report: report.functionArn,
      }),
      loggingConfiguration: {
        level: 'ALL',
        // Names of tables and numbers are all that passes; a failure's words might be more.
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: logs.logGroupArn } }],
      },
    })
    drill.node.addDependency(policy)
    acknowledge(
      drill,
      'One run a month, of which Step Functions keeps every step, and which calls functions that are not traced either.',
      'AwsSolutions-SF2',
      'Serverless-StepFunctionStateMachineXray',
    )

    const starter = new Role(this, 'Starter', {
      roleName: `haven-${stage}-drill-start`,
      assumedBy: new ServicePrincipal('events.amazonaws.com'),
      description: 'Starts the drill each month',
    })
    allow(this, 'StarterPolicy', starter, [[['states:StartExecution'], drill.attrArn]])
    new Rule(this, 'Monthly', {
      schedule: Schedule.expression('cron(0 6 1 * ? *)'),
      description: 'Restores the tables beside themselves, and compares them',
      targets: [
        new SfnStateMachine(StateMachine.fromStateMachineArn(this, 'DrillByArn', drill.attrArn), {
          role: Role.fromRoleArn(this, 'StarterByArn', starter.roleArn, { mutable: false }),
          retryAttempts: 2,
          deadLetterQueue: Queue.fromQueueArn(this, 'Undelivered', data.deadLetters.queueArn),
        }),
      ],
    })

    const ended = (metricName: string) =>
      new Metric({
        namespace: 'AWS/States',
        metricName,
        dimensionsMap: { StateMachineArn: drill.attrArn },
        period: Duration.minutes(5),
        statistic: 'Sum',
      })
    watch(
      this,
      'Failed',
      {
        metric: new MathExpression({
          expression: 'FILL(failed, 0) + FILL(late, 0) + FILL(aborted, 0)',
          usingMetrics: {
            failed: ended('ExecutionsFailed'),
            late: ended('ExecutionsTimedOut'),
            aborted: ended('ExecutionsAborted'),
          },
          period: Duration.minutes(5),
        }),
        threshold: 1,
        description: 'The monthly restore did not hold: it took too long, failed, or the copy is not what it should be',
        runbook: 'restore-drill',
      },
      alerts,
    )
  }
}
