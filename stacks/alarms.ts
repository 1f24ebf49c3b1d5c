import { Duration, Stack } from 'aws-cdk-lib'
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
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
import { acknowledge } from './gates.ts'
import { type Runbook, said } from './runbooks.ts'

/** Milliseconds in which 99 of 100 requests must be answered. A worker may use most of its time. */
const slowest = ({ declaration }: Entry): number => (declaration.kind === 'action' ? 1_000 : declaration.timeout * 800)

/**
 * The three alarms of every function: it fails, it is slow, it is refused capacity. They watch the version that requests go to, and
 * call nobody themselves: the alarm of their domain does. The first and the last send a new version back: by the minute, since it
 * is tried for five.
 */
export function alarmsOf(
  scope: Construct,
  live: Alias,
  entry: Entry,
): { errors: Alarm; slow: Alarm; throttles: Alarm } {
  const period = Duration.minutes(1)
  return {
    errors: watch(scope, 'Errors', {
      metric: new MathExpression({
        expression: 'FILL(ended, 0) + FILL(failed, 0)',
        usingMetrics: { ended: live.metricErrors({ period, statistic: 'Sum' }), failed: failures(entry, period) },
        period,
      }),
      threshold: 1,
      description: `${entry.id} failed: it ended with an error, or answered one of ours (5xx), or gave a message back`,
      runbook: 'domain-unwell',
    }),
    slow: watch(scope, 'Slow', {
      metric: live.metricDuration({ period: Duration.minutes(5), statistic: 'p99' }),
      threshold: slowest(entry),
      description: `${entry.id}: the 99th percentile is above ${slowest(entry)} ms`,
      periods: 3,
      runbook: 'slow',
    }),
    throttles: watch(scope, 'Throttles', {
      metric: live.metricThrottles({ period, statistic: 'Sum' }),
      threshold: 1,
      description: `${entry.id} was refused concurrency`,
      runbook: 'domain-unwell',
    }),
  }
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

interface Watched {
  metric: IMetric
  threshold: number
  description: string
  runbook: Runbook
  periods?: number
  below?: boolean
}

/**
 * An alarm that tells the topic, where there is one, when it goes off and when it is over. No data means that nothing happened; where
 * something must happen, the alarm is of being `below`, and no data sets it off.
 */
export function watch(
  scope: Construct,
  id: string,
  { metric, threshold, description, runbook, periods = 1, below = false }: Watched,
  alerts?: ITopic,
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
    alarmDescription: said(description, runbook),
  })
  if (alerts) tell(alarm, alerts)
  else callsNobody(alarm)
  return alarm
}

interface Together {
  description: string
  runbook: Runbook
  alerts: ITopic
  /** While this one stands, it is the one that calls: what hangs on it fails with it. */
  unless?: IAlarm
  /** Only where all of them stand. */
  all?: boolean
}

/** One alarm of many, so that one fault calls once, whatever it breaks. */
export function together(
  scope: Construct,
  id: string,
  alarms: readonly IAlarm[],
  { description, runbook, alerts, unless, all }: Together,
): CompositeAlarm {
  const alarm = new CompositeAlarm(scope, id, {
    compositeAlarmName: nameIn(scope, id),
    alarmRule: all ? AlarmRule.allOf(...alarms) : AlarmRule.anyOf(...alarms),
    alarmDescription: said(description, runbook),
    ...(unless && {
      actionsSuppressor: unless,
      // The other may be a minute or two later; and what it broke stands a little longer than it.
      actionsSuppressorWaitPeriod: Duration.minutes(2),
      actionsSuppressorExtensionPeriod: Duration.minutes(5),
    }),
  })
  tell(alarm, alerts)
  return alarm
}

function tell(alarm: AlarmBase, alerts: ITopic): void {
  const action = new SnsAction(alerts)
  alarm.addAlarmAction(action)
  alarm.addOkAction(action)
}

/** The packs ask every alarm for an action of its own. */
function callsNobody(alarm: Alarm): void {
  acknowledge(
    alarm,
    'It is one of those that a composite alarm reads, and the composite tells the topic: one fault calls somebody once, and not once for each function that it breaks.',
    'HIPAA.Security-CloudWatchAlarmAction',
    'NIST.800.53.R5-CloudWatchAlarmAction',
  )
}
