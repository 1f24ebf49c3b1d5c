import { Duration, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions'
import type { Alias } from 'aws-cdk-lib/aws-lambda'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import type { Entry } from '../functions/catalogue.ts'

/** Milliseconds in which 99 of 100 requests must be answered. A worker may use most of its time. */
const slowest = ({ declaration }: Entry): number => (declaration.kind === 'action' ? 1_000 : declaration.timeout * 800)

/**
 * The three alarms of every function: it fails, it is slow, it is refused capacity. They watch the version that requests go to.
 * Gives those that send a new version back: by the minute, since it is tried for five.
 */
export function alarmsOf(scope: Construct, live: Alias, entry: Entry, alerts: ITopic): Alarm[] {
  const period = Duration.minutes(1)
  const errors = watch(scope, 'Errors', alerts, {
    metric: new MathExpression({
      expression: 'FILL(ended, 0) + FILL(failed, 0)',
      usingMetrics: { ended: live.metricErrors({ period, statistic: 'Sum' }), failed: failures(entry, period) },
      period,
    }),
    threshold: 1,
    description: `${entry.id} failed: it ended with an error, or answered one of ours (5xx), or gave a message back`,
  })
  watch(scope, 'Slow', alerts, {
    metric: live.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
    threshold: slowest(entry),
    description: `${entry.id}: the 99th percentile is above ${slowest(entry)} ms`,
    periods: 3,
  })
  const throttles = watch(scope, 'Throttles', alerts, {
    metric: live.metricThrottles({ period, statistic: 'Sum' }),
    threshold: 1,
    description: `${entry.id} was refused concurrency`,
  })
  return [errors, throttles]
}

/** What an invocation that ends well may still have answered: a 5xx, or a message that must come again. */
const failures = ({ id, declaration }: Entry, period: Duration): Metric =>
  new Metric({
    namespace: 'Haven',
    metricName: declaration.kind === 'action' ? 'Failures' : 'MessageFailures',
    dimensionsMap: { service: 'haven', action: id },
    period,
    statistic: 'Sum',
  })

/** `Haven-production-Monitoring-DeadLetters`: what a mail begins with says where to look. */
const nameIn = (scope: Construct, id: string): string => {
  const { stackName } = Stack.of(scope)
  const inside = scope.node.scopes.slice(scope.node.scopes.indexOf(Stack.of(scope)) + 1)
  return [stackName, ...inside.map(({ node }) => node.id), id].join('-')
}

/**
 * An alarm that tells the topic when it goes off and when it is over. No data means that nothing happened; where something must
 * happen, the alarm is of being `below`, and no data sets it off.
 */
export function watch(
  scope: Construct,
  id: string,
  alerts: ITopic,
  {
    metric,
    threshold,
    description,
    periods = 1,
    below = false,
  }: { metric: IMetric; threshold: number; description: string; periods?: number; below?: boolean },
): Alarm {
  const alarm = new Alarm(scope, id, {
    alarmName: nameIn(scope, id),
    metric,
    threshold,
    evaluationPeriods: periods,
    comparisonOperator: below
      ? ComparisonOperator.LESS_THAN_THRESHOLD
      : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    treatMissingData: below ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    alarmDescription: description,
  })
  const tell = new SnsAction(alerts)
  alarm.addAlarmAction(tell)
  alarm.addOkAction(tell)
  return alarm
}
