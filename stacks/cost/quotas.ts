import type { Counts, Measured } from './counts.ts'
import { loadOf } from './model.ts'

/** A quota of an account: what comes with it, what is needed, and by what name it is asked for. */
export interface Quota {
  service: string
  quota: string
  /** Of Service Quotas, where it can be asked for by a program. */
  code?: string
  comes: number
  needed: number
}

/** A reserve above what is counted: for bursts, for the canary's second version, for another stage in the account. */
const spare = 1.5

/** The quotas that the templates and so many users at once come near to. */
export function quotasFor(users: number, counts: Counts, measured: Record<string, Measured>): Quota[] {
  const load = loadOf(users, counts, measured)
  const perSecond = (amount: number) =>
    load.requests > 0 ? Math.ceil((amount / load.requests) * load.rate * spare) : 0
  const count = (type: string) => Math.ceil((counts.of[type] ?? 0) * spare)
  const functions = count('AWS::Lambda::Function')
  return [
    {
      service: 'lambda',
      quota: 'Concurrent executions',
      code: 'L-B99A9384',
      comes: 1_000,
      // What is reserved is taken from the whole, of which 100 must stay.
      needed: Math.max(counts.reserved + 100, Math.ceil(load.concurrency * spare) + counts.reserved),
    },
    {
      service: 'apigateway',
      quota: 'Throttle rate',
      code: 'L-8A5B8E43',
      comes: 10_000,
      needed: Math.max(Math.ceil(load.rate * spare), counts.throttle.rate),
    },
    { service: 'apigateway', quota: 'Throttle burst', comes: 5_000, needed: counts.throttle.burst },
    { service: 'apigateway', quota: 'Routes per HTTP API', comes: 300, needed: count('AWS::ApiGatewayV2::Route') },
    {
      service: 'dynamodb',
      quota: 'Table-level write throughput (on demand)',
      comes: 40_000,
      needed: perSecond(load.writeUnits),
    },
    {
      service: 'dynamodb',
      quota: 'Table-level read throughput (on demand)',
      comes: 40_000,
      needed: perSecond(load.readUnits),
    },
    { service: 'iam', quota: 'Roles', code: 'L-FE177D64', comes: 1_000, needed: count('AWS::IAM::Role') },
    {
      service: 'iam',
      quota: 'Customer managed policies',
      code: 'L-E95E4862',
      comes: 1_500,
      needed: count('AWS::IAM::ManagedPolicy'),
    },
    { service: 'monitoring', quota: 'Alarms', comes: 5_000, needed: count('AWS::CloudWatch::Alarm') },
    { service: 'events', quota: 'Rules per bus', comes: 300, needed: count('AWS::Events::Rule') },
    { service: 'codedeploy', quota: 'Concurrent deployments', comes: 1_000, needed: functions },
  ]
}

export const mustRise = ({ comes, needed }: Quota): boolean => needed > comes
