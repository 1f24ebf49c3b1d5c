import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

type Json = Record<string, unknown>
interface Resource {
  Type: string
  Properties?: Json
}

/** What the benchmark counted of one function: units of the table, round trips one after the other, CPU as multiples of one Get. */
export interface Measured {
  sequential: number
  rcu: number
  wcu: number
  cpu: number
}

/** What stands in the templates of a stage, as far as it costs or is limited. */
export interface Counts {
  of: Record<string, number>
  /** Megabytes of each function, by its id. */
  memory: Record<string, number>
  /** Runs of scheduled functions in a month, by the function's memory and its time at most. */
  runs: number
  alarmMetrics: number
  /** Secrets in other regions. */
  secretReplicas: number
  customMetrics: number
  firewallRules: number
  reserved: number
  /** Requests a second that the API lets through, and at once. */
  throttle: { rate: number; burst: number }
}

/** Counts the templates of an assembly. */
export function countsOf(assembly: string): Counts {
  const resources = readdirSync(assembly)
    .filter(name => name.endsWith('.template.json'))
    .flatMap(name => {
      const { Resources = {} } = JSON.parse(readFileSync(join(assembly, name), 'utf8')) as {
        Resources?: Record<string, Resource>
      }
      return Object.values(Resources)
    })
  const ofType = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties = {} }) => Properties)
  const alarms = ofType('AWS::CloudWatch::Alarm')
  const functions = ofType('AWS::Lambda::Function')
  const settings = ofType('AWS::ApiGatewayV2::Stage')[0]?.DefaultRouteSettings as Json | undefined
  return {
    of: Object.fromEntries([...Map.groupBy(resources, ({ Type }) => Type)].map(([type, all]) => [type, all.length])),
    memory: Object.fromEntries(
      functions.map(({ Description, MemorySize }) => [String(Description).split(':')[0] ?? '', Number(MemorySize)]),
    ),
    runs: ofType('AWS::Events::Rule').reduce(
      (sum, { ScheduleExpression }) => sum + runsAMonth(String(ScheduleExpression)),
      0,
    ),
    secretReplicas: ofType('AWS::SecretsManager::Secret').reduce(
      (sum, { ReplicaRegions = [] }) => sum + (ReplicaRegions as unknown[]).length,
      0,
    ),
    alarmMetrics: alarms.reduce((sum, alarm) => sum + metricsIn(alarm), 0),
    customMetrics: new Set(JSON.stringify(resources).match(/\\"Haven\\",\\"[\w-]+\\"[^\]]*?\\"service\\",\\"haven\\"/g))
      .size,
    firewallRules: ofType('AWS::WAFv2::WebACL').reduce((sum, { Rules }) => sum + (Rules as unknown[]).length, 0),
    reserved: functions.reduce((sum, each) => sum + Number(each.ReservedConcurrentExecutions ?? 0), 0),
    throttle: { rate: Number(settings?.ThrottlingRateLimit), burst: Number(settings?.ThrottlingBurstLimit) },
  }
}

const metricsIn = ({ Metrics }: Json): number =>
  Array.isArray(Metrics) ? Metrics.filter(metric => 'MetricStat' in (metric as object)).length : 1

const hoursAMonth = 730

/** How often a schedule runs in a month: a rate, or a clock that names its minutes and hours. */
export function runsAMonth(expression: string): number {
  const [, every, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? []
  if (every) return (hoursAMonth * ({ minute: 60, hour: 1, day: 1 / 24 }[unit] ?? 0)) / Number(every)
  const [, minutes = '', hours = '', days = ''] = /^cron\((\S+) (\S+) (\S+) /.exec(expression) ?? []
  if (!minutes) throw new Error(`a schedule of another kind: ${expression}`)
  return timesIn(minutes, 60) * timesIn(hours, 24) * timesIn(days, hoursAMonth / 24)
}

function timesIn(field: string, all: number): number {
  if (field === '*') return all
  const [, step] = /^(?:\*|0)\/(\d+)$/.exec(field) ?? []
  return step ? Math.ceil(all / Number(step)) : field.split(',').length
}

/** The benchmark's last results, from the table of functions in `docs/benchmarks.md`. */
export function measuredIn(page: string): Record<string, Measured> {
  const rows = page.split('\n').map(line => line.split('|').map(cell => cell.trim()))
  const columns = rows.find(([, first]) => first === 'function') ?? []
  const cell = (row: string[], column: string) => Number(row[columns.indexOf(column)])
  return Object.fromEntries(
    rows
      .filter(row => row.length === columns.length && /^[a-z]+\.[a-z-]+/.test(row[1] ?? ''))
      .map(row => [
        row[1] ?? '',
        {
          sequential: cell(row, 'sequential'),
          rcu: cell(row, 'RCU'),
          wcu: cell(row, 'WCU'),
          cpu: cell(row, 'CPU × one Get'),
        },
      ]),
  )
}
