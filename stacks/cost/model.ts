import type { Counts, Measured } from './counts.ts'
import { costOf, prices } from './prices.ts'
import { usage } from './usage.ts'

/** One line of a month's bill: what it is for, how much of it, and dollars. */
export interface Line {
  of: string
  amount: string
  dollars: number
}

/** What a month brings when so many people are at work at once. */
export interface Load {
  requests: number
  /** A second, while they are at work. */
  rate: number
  readUnits: number
  writeUnits: number
  gbSeconds: number
  /** Functions that run at one moment, while they are at work. */
  concurrency: number
}

/** The load of so many users: their requests by the mix, each as the benchmark counted it, and their sign-ins. */
export function loadOf(users: number, { memory }: Counts, measured: Record<string, Measured>): Load {
  const rate = users / usage.secondsBetweenRequests
  const asked = rate * 3_600 * usage.busyHours
  const signIns = users * usage.daysAMonth
  const load: Load = { requests: 0, rate, readUnits: 0, writeUnits: 0, gbSeconds: 0, concurrency: 0 }
  const add = (name: string, requests: number) => {
    const of = measured[name]
    const megabytes = memory[name.replace(/ .*/, '')]
    if (!of || !megabytes) throw new Error(`nothing is measured of ${name}`)
    load.requests += requests
    load.readUnits += requests * of.rcu
    load.writeUnits += requests * of.wcu
    load.gbSeconds += requests * (secondsOf(of, megabytes) * (megabytes / 1_024))
    load.concurrency += (requests / (3_600 * usage.busyHours)) * secondsOf(of, megabytes)
  }
  for (const [name, part] of Object.entries(usage.mix)) add(name, (asked * part) / 100)
  for (const name of usage.signIn) add(name, signIns)
  return load
}

/** Seconds of a request: it waits for the table, and computes with the share of a CPU that its memory brings (1,769 MB are one). */
const secondsOf = ({ sequential, cpu }: Measured, megabytes: number): number =>
  (sequential * usage.roundTripMs + (cpu * usage.getMs) / Math.min(1, megabytes / 1_769)) / 1_000

/** A month's bill: what stands there costs, whoever comes; the rest goes by the load. */
export function billOf(users: number, counts: Counts, measured: Record<string, Measured>): Line[] {
  const count = (type: string) => counts.of[type] ?? 0
  const load = loadOf(users, counts, measured)
  const { requests, readUnits, writeUnits, gbSeconds } = load
  const logged = gb((requests + counts.runs) * usage.bytesLogged)
  const stored = gb(requests * usage.bytesStored)
  // Each environment asks again when what it was told is old; there are as many as run at once, and one for each schedule.
  const asked = (load.concurrency * usage.busyHours * 60) / usage.minutesKept + counts.runs
  const keys = count('AWS::KMS::Key') + count('AWS::KMS::ReplicaKey')
  const secrets = count('AWS::SecretsManager::Secret') + counts.secretReplicas
  const lines: [string, string, number][] = [
    ['API Gateway', millions(requests, 'requests'), costOf(requests, prices.api.request)],
    [
      'Lambda',
      `${millions(requests + counts.runs, 'runs')}, ${millions(gbSeconds + counts.runs / 4, 'GB-s')}`,
      (requests + counts.runs) * prices.lambda.request + costOf(gbSeconds + counts.runs / 4, prices.lambda.gbSecond),
    ],
    [
      'DynamoDB, units',
      `${millions(readUnits, 'read')}, ${millions(writeUnits, 'written')}`,
      readUnits * prices.table.readUnit + writeUnits * prices.table.writeUnit,
    ],
    [
      'DynamoDB, a month’s growth',
      `${whole(stored)} GB, restorable`,
      stored * (prices.table.gbMonth + prices.table.gbMonthOfRecovery),
    ],
    [
      'CloudFront',
      `${millions(requests, 'requests')}, ${whole(gb(requests * usage.bytesOut))} GB`,
      requests * prices.edge.request + costOf(gb(requests * usage.bytesOut), prices.edge.gbOut),
    ],
    [
      'WAF',
      `${counts.firewallRules} rules, ${millions(requests, 'requests')}`,
      count('AWS::WAFv2::WebACL') * prices.firewall.acl +
        counts.firewallRules * prices.firewall.rule +
        requests * prices.firewall.request,
    ],
    ['CloudWatch Logs', `${whole(logged)} GB`, logged * (prices.logs.gbIn + prices.logs.gbMonth)],
    [
      'CloudWatch alarms and dashboards',
      `${counts.alarmMetrics} metrics watched, ${count('AWS::CloudWatch::CompositeAlarm')} alarms of alarms, ${count('AWS::CloudWatch::Dashboard')} dashboards`,
      counts.alarmMetrics * prices.alarms.metric +
        count('AWS::CloudWatch::CompositeAlarm') * prices.alarms.composite +
        count('AWS::CloudWatch::Dashboard') * prices.alarms.dashboard,
    ],
    [
      'CloudWatch metrics of our own',
      `${users > 0 ? counts.customMetrics : 0}`,
      users > 0 ? counts.customMetrics * prices.alarms.customMetric : 0,
    ],
    ['KMS', `${keys} keys, ${millions(asked, 'requests')}`, keys * prices.keys.key + asked * prices.keys.request],
    [
      'Secrets Manager',
      `${secrets} secrets, ${millions(asked, 'requests')}`,
      secrets * prices.secrets.secret + asked * prices.secrets.request,
    ],
    ['Route 53', 'the zone', count('AWS::Route53::RecordSet') > 0 ? prices.names.zone : 0],
  ]
  return lines.map(([of, amount, dollars]) => ({ of, amount, dollars }))
}

export const totalOf = (lines: readonly Line[]): number => lines.reduce((sum, { dollars }) => sum + dollars, 0)

const gb = (bytes: number): number => bytes / 1_024 ** 3
const whole = (number: number): string => Math.round(number).toLocaleString('en-US')
const millions = (number: number, of: string): string =>
  number >= 1e6
    ? `${(number / 1e6).toLocaleString('en-US', { maximumSignificantDigits: 3 })} M ${of}`
    : `${whole(number)} ${of}`
