import { Duration, type Stack } from 'aws-cdk-lib'
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  LogQueryWidget,
  Metric,
  SingleValueWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import { type Entry, isAction } from '../functions/catalogue.ts'
import type { DataStack } from './data.ts'
import { functionName } from './name.ts'
import { apiMetrics } from './slo.ts'

/** What `shared/pipeline/steps/answer.ts` counts a refusal by: the class of requests, or the rule at an account. */
const requestClasses = ['credential', 'anonymous', 'read', 'write', 'bulk', 'api-key', 'mailbox', 'password-check']
const accountRules = ['account-delayed', 'too-many-attempts']

/** Functions whose cold starts stand for those of all: what people meet first and most. */
const mostAsked = [
  'auth.login',
  'mfa.verify',
  'sessions.current',
  'appointments.list',
  'patients.get',
  'telehealth.join',
]

interface Shown {
  stage: string
  entries: readonly Entry[]
  data: DataStack
  apiId: string
  own: (metricName: string, action?: string) => IMetric
}

/** One page: the business, the promise, the API, functions, table, queues, attacks. */
export function dashboard(scope: Stack, { stage, entries, data, apiId, own }: Shown): void {
  const period = Duration.minutes(5)
  const table = (metricName: string, statistic = 'Sum', more: Record<string, string> = {}) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: data.table.tableName, ...more },
      period,
      statistic,
    })
  const lambdas = (metricName: string, statistic: string): IMetric[] =>
    entries.map(
      entry =>
        new Metric({
          namespace: 'AWS/Lambda',
          metricName,
          dimensionsMap: { FunctionName: functionName(stage, entry.id) },
          label: entry.id,
          period,
          statistic,
        }),
    )
  const business = entries.flatMap(entry =>
    isAction(entry) && entry.declaration.metric ? [own(entry.declaration.metric, entry.id)] : [],
  )
  const inDomain = (domain: string) =>
    entries.flatMap(entry =>
      entry.domain === domain && isAction(entry) && entry.declaration.metric
        ? [own(entry.declaration.metric, entry.id)]
        : [],
    )
  const { requests, latency, burns } = apiMetrics(apiId, period)
  const queues = Object.values(data.queues)
  const graph = (title: string, left: IMetric[]) => new GraphWidget({ title, left, width: 12, height: 7 })
  const concurrent = new Metric({
    namespace: 'AWS/Lambda',
    metricName: 'ConcurrentExecutions',
    period,
    statistic: 'Maximum',
  })

  new Dashboard(scope, 'Dashboard', {
    dashboardName: `haven-${stage}`,
    widgets: [
      [new SingleValueWidget({ title: 'Business', metrics: business, width: 24, height: 4 })],
      [graph('Burn of the error budget of 99.9 %: 1 is even', burns), graph('API: requests and errors', requests)],
      [graph('API: latency', latency), graph('Functions at once', [concurrent])],
      [graph('Appointments, claims, sessions', business), graph('Errors', lambdas('Errors', 'Sum'))],
      [graph('Duration p99', lambdas('Duration', 'p99')), graph('Throttles', lambdas('Throttles', 'Sum'))],
      [
        new LogQueryWidget({
          title: 'Cold starts',
          logGroupNames: mostAsked.map(id => `/haven/${stage}/${id}`),
          queryLines: [
            'filter @type = "REPORT" and ispresent(@initDuration)',
            'stats count(*) as started, pct(@initDuration, 50) as p50, pct(@initDuration, 99) as p99 by bin(1h)',
          ],
          width: 12,
          height: 7,
        }),
        graph('Table capacity', [table('ConsumedReadCapacityUnits'), table('ConsumedWriteCapacityUnits')]),
      ],
      [
        graph('Table throttles', [table('ReadThrottleEvents'), table('WriteThrottleEvents')]),
        graph(
          'Table latency',
          ['GetItem', 'BatchGetItem', 'Query', 'TransactWriteItems'].map(Operation =>
            table('SuccessfulRequestLatency', 'p99', { Operation }),
          ),
        ),
      ],
      [
        graph(
          'Queues: oldest message',
          queues.map(queue => queue.metricApproximateAgeOfOldestMessage({ period })),
        ),
        graph('Queues: messages, dead letters', [
          ...queues.map(queue => queue.metricApproximateNumberOfMessagesVisible({ period })),
          data.deadLetters.metricApproximateNumberOfMessagesVisible({ period }),
        ]),
      ],
      [graph('Telehealth', inDomain('telehealth')), graph('Claims', inDomain('claims'))],
      [
        graph(
          'Refused by rate limits',
          [...requestClasses, ...accountRules].map(name => own(`Limited-${name}`)),
        ),
        graph('Attacks on accounts', [own('CredentialsRefused'), own('AccountsLocked', 'limits.tell-locked')]),
      ],
    ],
  })
}
