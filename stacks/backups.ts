import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { Schedule } from 'aws-cdk-lib/aws-events'
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { watch } from './alarms.ts'
import type { Configuration } from './configuration.ts'
import { copiesVault, kept, lockedVault } from './copies.ts'
import type { DataStack } from './data.ts'

interface BackupProps extends StackProps {
  configuration: Configuration
  data: DataStack
  alerts: ITopic
}

/**
 * Daily copies of the table beside what point-in-time recovery keeps: a mistake at the table itself, or an account that was taken over,
 * does not reach them. The table of keys is in none: a key that was destroyed must not be in a copy that cannot be deleted.
 */
export class BackupStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, data, alerts, ...props }: BackupProps) {
    super(scope, id, props)
    const { stage, copyRegion } = configuration
    const vault = lockedVault(this, `haven-${stage}`)
    const copies =
      copyRegion &&
      BackupVault.fromBackupVaultArn(
        this,
        'Copies',
        `arn:aws:backup:${copyRegion}:${this.account}:backup-vault:${copiesVault(stage)}`,
      )
    const plan = new BackupPlan(this, 'Plan', {
      backupPlanName: `haven-${stage}`,
      backupVault: vault,
      backupPlanRules: [
        new BackupPlanRule({
          ruleName: 'daily',
          scheduleExpression: Schedule.cron({ hour: '8', minute: '0' }),
          startWindow: Duration.hours(1),
          completionWindow: Duration.hours(6),
          deleteAfter: kept,
          ...(copies && { copyActions: [{ destinationBackupVault: copies, deleteAfter: kept }] }),
        }),
      ],
    })
    plan.addSelection('Table', {
      resources: [BackupResource.fromDynamoDbTable(data.table)],
      role: this.role(stage, data, vault, copies),
      // What the service's own policy allows is every table and volume of the account.
      disableDefaultBackupPolicy: true,
    })

    watch(
      this,
      'Missing',
      {
        metric: new Metric({
          namespace: 'AWS/Backup',
          metricName: 'NumberOfBackupJobsCompleted',
          dimensionsMap: { BackupVaultName: vault.backupVaultName },
          period: Duration.days(1),
          statistic: 'Sum',
        }),
        threshold: 1,
        below: true,
        periods: 2,
        description: 'No copy of the table was made for two days',
        runbook: 'backup-missing',
      },
      alerts,
    )
  }

  /** What the service may do: copy this table into this vault, and from there into the other. */
  private role(
    stage: string,
    data: DataStack,
    vault: BackupVault,
    copies: { backupVaultArn: string } | '' | undefined,
  ): Role {
    const role = new Role(this, 'Role', {
      roleName: `haven-${stage}-backup`,
      description: 'AWS Backup copies the table',
      assumedBy: new ServicePrincipal('backup.amazonaws.com'),
    })
    new ManagedPolicy(this, 'Policy', {
      roles: [role],
      statements: [
        new PolicyStatement({
          actions: ['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:StartAwsBackupJob'],
          resources: [data.table.tableArn],
        }),
        new PolicyStatement({
          actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
          resources: [data.dataKey.keyArn],
          conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${this.region}.amazonaws.com` } },
        }),
        ...(copies
          ? [
              new PolicyStatement({
                actions: ['backup:CopyFromBackupVault'],
                resources: [vault.backupVaultArn],
              }),
              new PolicyStatement({ actions: ['backup:CopyIntoBackupVault'], resources: [copies.backupVaultArn] }),
            ]
          : []),
      ],
    })
    return role
  }
}
