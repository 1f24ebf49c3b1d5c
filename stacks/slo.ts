import { Duration } from 'aws-cdk-lib'
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { ITopic } from 'aws-cdk-lib/aws-sns'
import type { Construct } from 'constructs'
import { together, watch } from './alarms.ts'

/** Of a thousand requests one may fail: 99.9 %. In thirty days that is 43 minutes of nothing but failures. */
const budget = 0.001

/**
 * How fast the budget burns, by two windows each: the long one says that it matters, the short one that it goes on. By the multiples,
 * a budget of thirty days is gone in two days, in five, and in ten.
 */
const windows = [
  { name: 'Fast', multiple: 14.4, long: Duration.hours(1), short: Duration.minutes(5) },
  { name: 'Steady', multiple: 6, long: Duration.hours(6), short: Duration.minutes(30) },
  { name: 'Slow', multiple: 3, long: Duration.days(1), short: Duration.hours(2) },
] as const

/** So few requests prove nothing: one that fails of ten would be a tenth. */
const fewest = 100

const ofApi = (apiId: string, metricName: string, period: Duration, statistic = 'Sum') =>
  new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap: { ApiId: apiId }, period, statistic })

/** How many times faster than evenly over thirty days the error budget burns. */
const burn = (apiId: string, period: Duration, fewestRequests: number): IMetric => {
  // A graph of several needs names of their own.
  const [failed, all] = [`failed${period.toMinutes()}`, `all${period.toMinutes()}`]
  return new MathExpression({
    label: `burn of ${period.toHumanString()}`,
    expression: `IF(${all} >= ${fewestRequests}, ${failed} / ${all} / ${budget}, 0)`,
    usingMetrics: { [failed]: ofApi(apiId, '5xx', period), [all]: ofApi(apiId, 'Count', period) },
    period,
  })
}

/** Calls when the error budget of 99.9 % burns so fast that it will not last. */
export function watchErrorBudget(scope: Construct, apiId: string, alerts: ITopic): void {
  for (const { name, multiple, long, short } of windows) {
    const over = (id: string, period: Duration, fewestRequests: number) =>
      watch(scope, `Burn${name}${id}`, {
        metric: burn(apiId, period, fewestRequests),
        threshold: multiple,
        description: `Within ${period.toHumanString()} the error budget burns ${multiple} times too fast`,
        runbook: 'error-budget',
      })
    together(scope, `Burn${name}`, [over('Long', long, fewest), over('Short', short, 10)], {
      description: `The error budget of 99.9 % burns ${multiple} times too fast, for ${long.toHumanString()} and now`,
      runbook: 'error-budget',
      alerts,
      all: true,
    })
  }
}

/** What the dashboard shows of the API: what is asked, what fails, how long it takes, and how the budget burns. */
export const apiMetrics = (apiId: string, period: Duration) => ({
  requests: ['Count', '4xx', '5xx'].map(name => ofApi(apiId, name, period)),
  latency: ['p50', 'p90', 'p99'].map(statistic => ofApi(apiId, 'Latency', period, statistic)),
  burns: windows.map(({ long }) => burn(apiId, long, 1)),
})
