import type { Model } from '../template/model.ts'
import type { Resource } from '../template/resolve.ts'

/** A mail of CloudWatch: that an alarm has gone off, or is over. */
export interface Page {
  to: string[]
  subject: string
  text: string
}

/** An alarm of the templates that this machine can watch: a sum of a metric that functions print, within one period. */
interface Watched {
  name: string
  description: string
  series: string
  threshold: number
  periodMs: number
  to: string[]
  /** What was counted in the period that began then. */
  began: number
  sum: number
  rings: boolean
}

interface Metrics {
  _aws?: {
    CloudWatchMetrics?: { Namespace: string; Dimensions?: string[][]; Metrics?: { Name: string }[] }[]
  }
}

/**
 * Watches what functions print for metrics in the embedded format, and mails what CloudWatch would mail of them: alarms that are at or above
 * a threshold by one period of a sum. All others, those of AWS's own metrics and those that count several, are the cloud's alone.
 */
export function startAlarms(model: () => Model, page: (page: Page) => void, now: () => number = Date.now) {
  let of: Model | undefined
  let watched: Watched[] = []

  const read = () => {
    if (of === model()) return
    of = model()
    const recipients = of
      .ofType('AWS::SNS::Subscription')
      .filter(({ properties }) => properties.Protocol === 'email')
      .map(({ properties }) => String(properties.Endpoint))
    const to = recipients.length > 0 ? recipients : ['operator@localhost']
    watched = of.ofType('AWS::CloudWatch::Alarm').flatMap(alarm => watchedOf(alarm, to))
  }

  return {
    /** A line that a function printed. */
    hear(line: string): void {
      if (!line.startsWith('{"_aws"')) return
      read()
      for (const [series, amount] of seriesIn(line)) {
        for (const alarm of watched) if (alarm.series === series) add(alarm, amount)
      }
    },

    /** Ends what is over: a whole period has passed without it. */
    tick(): void {
      for (const alarm of watched) {
        if (!alarm.rings || now() < alarm.began + 2 * alarm.periodMs) continue
        alarm.rings = false
        tell('OK', alarm)
      }
    },
  }

  function add(alarm: Watched, amount: number) {
    const began = now() - (now() % alarm.periodMs)
    if (began !== alarm.began) Object.assign(alarm, { began, sum: 0 })
    alarm.sum += amount
    if (alarm.rings || alarm.sum < alarm.threshold) return
    alarm.rings = true
    tell('ALARM', alarm)
  }

  function tell(state: 'ALARM' | 'OK', { name, description, to }: Watched) {
    page({ to, subject: `${state}: ${name}`, text: description })
  }
}

function watchedOf({ id, properties, stack }: Resource, to: string[]): Watched[] {
  const { Namespace, MetricName, Statistic, EvaluationPeriods, ComparisonOperator, AlarmActions = [] } = properties
  const isSum = MetricName && Statistic === 'Sum' && EvaluationPeriods === 1 && !String(Namespace).startsWith('AWS/')
  const tells = (AlarmActions as unknown[]).length > 0
  if (!isSum || !tells || ComparisonOperator !== 'GreaterThanOrEqualToThreshold') return []
  const dimensions = (properties.Dimensions ?? []) as { Name: string; Value: unknown }[]
  return [
    {
      name: String(properties.AlarmName ?? `${stack.name}-${id}`),
      description: String(properties.AlarmDescription ?? ''),
      series: nameOf(
        Namespace,
        MetricName,
        dimensions.map(({ Name, Value }) => [Name, Value]),
      ),
      threshold: Number(properties.Threshold),
      periodMs: Number(properties.Period) * 1_000,
      to,
      began: 0,
      sum: 0,
      rings: false,
    },
  ]
}

/** Each series that a line adds to, and by how much. */
function seriesIn(line: string): [string, number][] {
  const values = JSON.parse(line) as Metrics & Record<string, unknown>
  return (values._aws?.CloudWatchMetrics ?? []).flatMap(({ Namespace, Dimensions = [[]], Metrics = [] }) =>
    Metrics.flatMap(({ Name }) =>
      Dimensions.map((names): [string, number] => [
        nameOf(
          Namespace,
          Name,
          names.map(name => [name, values[name]]),
        ),
        Number(values[Name] ?? 0),
      ]),
    ),
  )
}

const nameOf = (namespace: unknown, metric: unknown, dimensions: [string, unknown][]): string =>
  [namespace, metric, ...dimensions.map(([name, value]) => `${name}=${value}`).sort()].join('|')
