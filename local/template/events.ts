import { functionNameIn } from './functions.ts'
import type { Consumer, EventRule, Schedule } from './model.ts'
import type { Resource } from './resolve.ts'

type OfType = (type: string) => Resource[]
type Properties = Record<string, unknown>

/** The event source mappings from queues and table streams. */
export function readConsumers(ofType: OfType): Consumer[] {
  return ofType('AWS::Lambda::EventSourceMapping').flatMap(({ id, stack, properties }) => {
    const sourceArn = String(properties.EventSourceArn)
    const kind = /^arn:aws:(sqs|dynamodb):/.exec(sourceArn)?.[1] as Consumer['kind'] | undefined
    if (!kind) return []
    const { Filters = [] } = (properties.FilterCriteria ?? {}) as { Filters?: { Pattern: string }[] }
    const failure = (properties.DestinationConfig as { OnFailure?: Properties } | undefined)?.OnFailure
    const scaling = properties.ScalingConfig as { MaximumConcurrency?: number } | undefined
    return {
      id: `${stack.name}-${id}`,
      functionName: functionNameIn(String(properties.FunctionName)),
      kind,
      sourceArn,
      enabled: properties.Enabled !== false,
      batchSize: Number(properties.BatchSize ?? (kind === 'sqs' ? 10 : 100)),
      windowSeconds: Number(properties.MaximumBatchingWindowInSeconds ?? 0),
      filters: Filters.map(({ Pattern }) => JSON.parse(Pattern) as object),
      reportsItems: ((properties.FunctionResponseTypes ?? []) as string[]).includes('ReportBatchItemFailures'),
      maxAttempts: Number(properties.MaximumRetryAttempts ?? -1) + 1 || Number.POSITIVE_INFINITY,
      maxAgeSeconds: Number(properties.MaximumRecordAgeInSeconds ?? -1),
      bisect: properties.BisectBatchOnFunctionError === true,
      onFailure: failure?.Destination as string | undefined,
      from: properties.StartingPosition === 'LATEST' ? 'LATEST' : 'TRIM_HORIZON',
      maxConcurrency: scaling?.MaximumConcurrency,
    }
  })
}

/** The rules that take events from the default bus to functions. */
export function readRules(ofType: OfType): EventRule[] {
  return ofType('AWS::Events::Rule').flatMap(({ ref, properties }) => {
    const targets = (properties.Targets ?? []) as { Arn: string; Input?: string }[]
    const pattern = properties.EventPattern as object | undefined
    if (!pattern || properties.State === 'DISABLED') return []
    return targets
      .filter(({ Arn }) => Arn.includes(':function:'))
      .map(({ Arn, Input }) => ({ name: ref, pattern, functionName: functionNameIn(Arn), input: Input }))
  })
}

/** The schedules that lead to functions, of EventBridge rules and of the Scheduler. */
export function readSchedules(ofType: OfType): Schedule[] {
  const rules = ofType('AWS::Events::Rule').flatMap(({ ref, attributes, properties }) => {
    const targets = (properties.Targets ?? []) as { Id: string; Arn: string; Input?: string }[]
    if (!properties.ScheduleExpression) return []
    return targets
      .filter(({ Arn }) => Arn.includes(':function:'))
      .map(
        ({ Id, Arn, Input }): Schedule => ({
          name: targets.length > 1 ? `${ref}-${Id}` : ref,
          kind: 'rule',
          arn: String(attributes.Arn),
          expression: String(properties.ScheduleExpression),
          timezone: 'UTC',
          functionName: functionNameIn(Arn),
          input: Input,
          enabled: properties.State !== 'DISABLED',
        }),
      )
  })
  const schedules = ofType('AWS::Scheduler::Schedule').flatMap(({ ref, attributes, properties }): Schedule[] => {
    const target = properties.Target as { Arn: string; Input?: string }
    if (!target.Arn.includes(':function:')) return []
    return [
      {
        name: ref,
        kind: 'scheduler',
        arn: String(attributes.Arn),
        expression: String(properties.ScheduleExpression),
        timezone: String(properties.ScheduleExpressionTimezone ?? 'UTC'),
        functionName: functionNameIn(target.Arn),
        input: target.Input,
        enabled: properties.State !== 'DISABLED',
      },
    ]
  })
  return [...rules, ...schedules]
}
