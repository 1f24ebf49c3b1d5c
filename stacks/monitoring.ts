import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import { type Alarm, type IMetric, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { CfnHealthCheck } from 'aws-cdk-lib/aws-route53'
import type { Topic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { type Entry, isWorker } from '../functions/catalogue.ts'
import type { QueueName } from '../shared/kernel/port.ts'
import { watch } from './alarms.ts'
import { canary } from './canary.ts'
import type { Configuration } from './configuration.ts'
import { dashboard } from './dashboard.ts'
import type { DataStack } from './data.ts'
import { functionName } from './name.ts'
import type { Runbook } from './runbooks.ts'
import { watchErrorBudget } from './slo.ts'

/** Refusals in five minutes that are no mistyping any more: a thousand people at work mistype one or two a minute. */
const credentialBurst = 100

/** Seconds that the oldest message of a queue may have waited, by what hangs on it. */
const longestWait: Record<QueueName, number> = { claims: 900, reviews: 3_600, exports: 3_600, copies: 3_600 }

interface MonitoringProps extends StackProps {
  configuration: Configuration
  entries: readonly Entry[]
  data: DataStack
  alerts: Topic
  apiId: string
  /** Where the canary was built. */
  canaryDir: string
}

/** Alarms of what functions share, and the dashboard of the system and of the business. */
export class MonitoringStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { configuration, entries, data, alerts, apiId, canaryDir, ...props }: MonitoringProps,
  ) {
    super(scope, id, props)
    const { stage } = configuration
    const period = Duration.minutes(5)
    const own = (metricName: string, action?: string) =>
      new Metric({
        namespace: 'Haven',
        metricName,
        dimensionsMap: { service: 'haven', ...(action && { action }) },
        period,
        statistic: 'Sum',
      })
    const ofFunction = (metricName: string, id: string, statistic: string, period: Duration) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { FunctionName: functionName(stage, id) },
        period,
        statistic,
      })
    const alarm = (id: string, runbook: Runbook, metric: IMetric, threshold: number, description: string) =>
      watch(this, id, { metric, threshold, description, runbook }, alerts)

    watchErrorBudget(this, apiId, alerts)

    alarm(
      'DeadLetters',
      'dead-letters',
      data.deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
      1,
      'A message was given up: somebody must look at it',
    )
    for (const [name, queue] of Object.entries(data.queues) as [QueueName, DataStack['queues'][QueueName]][]) {
      alarm(
        `QueueWaits-${name}`,
        name === 'claims' ? 'claims-waiting' : 'queue-behind',
        queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
        longestWait[name],
        `A message of the queue ${name} has waited for ${longestWait[name] / 60} minutes`,
      )
    }
    for (const { id, declaration } of entries.filter(isWorker)) {
      const { source } = declaration
      // The sealer has an alarm of its own name: it is the trail that waits.
      if ('stream' in source && id !== 'audit.seal') {
        const age = ofFunction('IteratorAge', id, 'Maximum', period)
        alarm(`StreamWaits-${id}`, 'stream-behind', age, 5 * 60_000, `${id} is five minutes behind the table`)
      }
      if ('schedule' in source) {
        const every = minutesOf(source.schedule)
        const runs = ofFunction('Invocations', id, 'Sum', Duration.minutes(Math.max(5, every)))
        const description = `${id} should run every ${every} minutes and has missed it twice`
        watch(
          this,
          `Missed-${id}`,
          { metric: runs, threshold: 1, below: true, periods: 2, description, runbook: 'schedule-missed' },
          alerts,
        )
      }
    }

    alarm(
      'AuditUnavailable',
      'audit-unavailable',
      own('AuditUnavailable'),
      1,
      'Requests were refused because their audit records could not be written',
    )
    alarm(
      'DenialNotRecorded',
      'audit-unavailable',
      own('DenialNotRecorded'),
      1,
      'Requests were refused and the refusals are not in the audit trail',
    )
    alarm(
      'AuditTampered',
      'audit-tampered',
      own('AuditRecordsTampered', 'audit.watch'),
      1,
      'Somebody changed or removed a record of the audit trail: preserve the table and the archive, and verify',
    )
    alarm(
      'AuditGaps',
      'audit-tampered',
      own('AuditGaps', 'audit.patrol'),
      1,
      'The audit archive has a gap, or something in it is not what was signed: preserve it, and verify',
    )
    alarm(
      'AuditSealLag',
      'audit-behind',
      ofFunction('IteratorAge', 'audit.seal', 'Maximum', period),
      15 * 60_000,
      'Audit records wait for a quarter of an hour to be sealed',
    )
    watch(
      this,
      'AuditHeartbeatMissing',
      {
        metric: own('AuditHeartbeats', 'audit.heartbeat'),
        threshold: 1,
        below: true,
        periods: 3,
        description: 'The audit archive has had no heartbeat for a quarter of an hour: its end could be cut off unseen',
        runbook: 'audit-behind',
      },
      alerts,
    )
    alarm(
      'AuditReviewsOverdue',
      'audit-behind',
      own('AuditReviewsOverdue', 'audit.plan-reviews'),
      1,
      'A day of a practice waits for its review longer than a day: nobody has looked at what was unusual',
    )
    alarm(
      'CredentialsRefused',
      'credential-attack',
      own('CredentialsRefused'),
      credentialBurst,
      `Somebody guesses: ${credentialBurst} passwords, codes or links were refused in five minutes`,
    )
    alarm(
      'AddressesLimited',
      'credential-attack',
      own('Limited-credential'),
      credentialBurst,
      `Addresses go on signing in beyond their limit: ${credentialBurst} refusals in five minutes`,
    )
    for (const worker of ['notices.deliver', 'notices.redeliver']) {
      alarm(
        `NoticesAbandoned-${worker}`,
        'notices-abandoned',
        own('NoticesAbandoned', worker),
        1,
        `Somebody was not told of what happened to their account: ${worker} gave a message up`,
      )
    }

    if (configuration.edge === 'cloudfront') {
      const unless = this.watchFromOutside(configuration, alerts)
      const held = own('CanaryHeld', 'canary.run')
      canary(this, { configuration, data, alerts, dir: canaryDir, unless, held })
    }
    this.watchSpending(configuration)
    dashboard(this, { stage, entries, data, apiId, own })
  }

  /** What no alarm within would notice: that nobody gets in. */
  private watchFromOutside({ origin, originCertificate }: Configuration, alerts: Topic): Alarm {
    const check = new CfnHealthCheck(this, 'OutsideCheck', {
      healthCheckConfig: {
        type: 'HTTPS',
        fullyQualifiedDomainName: new URL(origin).host,
        resourcePath: '/api/v1/health',
        enableSni: true,
        requestInterval: 30,
        failureThreshold: 3,
        // From where the portal answers: elsewhere it is shut.
        regions: ['us-east-1', 'us-west-1', 'us-west-2'],
      },
    })
    const unreachable = watch(
      this,
      'Unreachable',
      {
        metric: new Metric({
          namespace: 'AWS/Route53',
          metricName: 'HealthCheckStatus',
          dimensionsMap: { HealthCheckId: check.attrHealthCheckId },
          period: Duration.minutes(1),
          statistic: 'Minimum',
        }),
        threshold: 1,
        below: true,
        periods: 2,
        description: 'The portal does not answer to whoever asks from outside',
        runbook: 'outside-check',
      },
      alerts,
    )
    if (!originCertificate) return unreachable
    watch(
      this,
      'CertificateEnds',
      {
        metric: new Metric({
          namespace: 'AWS/CertificateManager',
          metricName: 'DaysToExpiry',
          dimensionsMap: { CertificateArn: originCertificate },
          period: Duration.days(1),
          statistic: 'Minimum',
        }),
        threshold: 45,
        below: true,
        description:
          'The certificate by which the edge proves itself to the API ends within 45 days, and nobody renews it by itself',
        runbook: 'certificate',
      },
      alerts,
    )
    return unreachable
  }

  /** Budgets write mails themselves: their service may not publish to a topic that is encrypted with our key. */
  private watchSpending({ stage, monthlyBudget, alertEmail }: Configuration): void {
    if (!monthlyBudget || !alertEmail) return
    const told = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { comparisonOperator: 'GREATER_THAN', notificationType, threshold, thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'EMAIL', address: alertEmail }],
    })
    new CfnBudget(this, 'Budget', {
      budget: {
        budgetName: `haven-${stage}`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyBudget, unit: 'USD' },
      },
      notificationsWithSubscribers: [told('ACTUAL', 80), told('FORECASTED', 100)],
    })
  }
}

/** The minutes between two runs: `rate(15 minutes)`. */
function minutesOf(schedule: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(schedule) ?? []
  return Number(count) * ({ minute: 1, hour: 60, day: 1_440 }[unit] ?? Number.NaN)
}
