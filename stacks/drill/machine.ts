import type { Part } from './compare.ts'

/** A table, and the name under which it is restored. */
export interface Restored {
  live: string
  copy: string
}

interface Machine {
  tables: readonly Restored[]
  parts: readonly Part[]
  compare: string
  report: string
}

/** How often a table that is being made or removed is looked at. */
const look = { Type: 'Wait', Seconds: 60 }

const dynamodb = (operation: string) => ({ Type: 'Task', Resource: `arn:aws:states:::aws-sdk:dynamodb:${operation}` })
const ofCopy = { Parameters: { 'TableName.$': '$.copy' } }
/** By either name that the service may have in an error. */
const isGone = ['DynamoDb.ResourceNotFoundException', 'DynamoDB.ResourceNotFoundException']
const otherwise = [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Remove' }]
const again = {
  Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 5, MaxAttempts: 4, BackoffRate: 3, JitterStrategy: 'FULL' }],
}

const each = (states: object, first: string) => ({
  ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: first, States: states },
})

/** Removes a copy where there is one, and waits until it is gone. States are called by what it is: their names are the whole machine's. */
const removal = (what: string, next: string) => {
  const gone = { Catch: [{ ErrorEquals: isGone, ResultPath: null, Next: next }], Next: `Until${what}Gone` }
  return {
    [`Remove${what}`]: { ...dynamodb('deleteTable'), ...ofCopy, ResultPath: null, ...gone },
    [`Until${what}Gone`]: { ...look, Next: `Is${what}Gone` },
    [`Is${what}Gone`]: { ...dynamodb('describeTable'), ...ofCopy, ResultPath: null, ...gone },
  }
}

/**
 * The drill, in Amazon States Language: restore each table as it is now into another, compare all of both, report, and remove the
 * copies whatever came of it.
 */
export const machine = ({ tables, parts, compare, report }: Machine) => ({
  Comment: 'Restores the tables into others, compares them, and reports how long it took',
  TimeoutSeconds: 72 * 3_600,
  StartAt: 'What',
  States: {
    What: { Type: 'Pass', Result: { tables, parts }, Next: 'Restore' },
    Restore: {
      Type: 'Map',
      ItemsPath: '$.tables',
      ...each(
        {
          ...removal('Earlier', 'Begin'),
          Begin: {
            ...dynamodb('restoreTableToPointInTime'),
            Parameters: {
              'SourceTableName.$': '$.live',
              'TargetTableName.$': '$.copy',
              UseLatestRestorableTime: true,
              BillingModeOverride: 'PAY_PER_REQUEST',
              // Nobody asks the copy by an index, and it is there sooner without.
              GlobalSecondaryIndexOverride: [],
            },
            ResultPath: null,
            Next: 'UntilThere',
          },
          UntilThere: { ...look, Next: 'Look' },
          Look: {
            ...dynamodb('describeTable'),
            ...ofCopy,
            ...again,
            ResultSelector: {
              'status.$': '$.Table.TableStatus',
              'moment.$': '$.Table.RestoreSummary.RestoreDateTime',
            },
            ResultPath: '$.state',
            Next: 'IsThere',
          },
          IsThere: {
            Type: 'Choice',
            Choices: [{ Variable: '$.state.status', StringEquals: 'ACTIVE', Next: 'There' }],
            Default: 'UntilThere',
          },
          There: { Type: 'Pass', Parameters: { 'copy.$': '$.copy', 'moment.$': '$.state.moment' }, End: true },
        },
        'RemoveEarlier',
      ),
      ResultPath: '$.restored',
      Catch: otherwise,
      Next: 'Compare',
    },
    Compare: {
      Type: 'Map',
      ItemsPath: '$.parts',
      // So many functions at a time: requests need the others.
      MaxConcurrency: 4,
      ItemSelector: { 'part.$': '$$.Map.Item.Value', 'restored.$': '$.restored' },
      ...each(
        {
          CompareSome: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Parameters: { FunctionName: compare, 'Payload.$': '$' },
            ResultSelector: { 'done.$': '$.Payload.done', 'tally.$': '$.Payload.tally' },
            ResultPath: '$.result',
            ...again,
            Next: 'IsDone',
          },
          IsDone: {
            Type: 'Choice',
            Choices: [{ Variable: '$.result.done', BooleanEquals: true, Next: 'Done' }],
            Default: 'CompareSome',
          },
          Done: { Type: 'Pass', InputPath: '$.result.tally', End: true },
        },
        'CompareSome',
      ),
      ResultPath: '$.tallies',
      Catch: otherwise,
      Next: 'Report',
    },
    Report: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: {
        FunctionName: report,
        Payload: { 'startedAt.$': '$$.Execution.StartTime', 'tallies.$': '$.tallies' },
      },
      ResultSelector: { 'report.$': '$.Payload' },
      ResultPath: '$.said',
      Catch: otherwise,
      Next: 'Remove',
    },
    Remove: {
      Type: 'Map',
      ItemsPath: '$.tables',
      ...each({ ...removal('Copy', 'Gone'), Gone: { Type: 'Pass', End: true } }, 'RemoveCopy'),
      ResultPath: null,
      Next: 'Verdict',
    },
    Verdict: {
      Type: 'Choice',
      Choices: [{ Variable: '$.error', IsPresent: true, Next: 'Failed' }],
      Default: 'Held',
    },
    Failed: { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' },
    Held: { Type: 'Succeed', OutputPath: '$.said.report' },
  },
})
