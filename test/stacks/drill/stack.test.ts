import { describe, expect, it } from 'vitest'
import { ofType as ofDev } from '../cloud.ts'
import { production } from '../production.ts'

type Json = Record<string, unknown>
const { ofType, nameOf, only, statementsOf } = production

const rightsOf = (id: string) => {
  const policy = ofType('AWS::IAM::ManagedPolicy', 'Drill').find(each => each.id.startsWith(id))
  return statementsOf(policy?.properties.PolicyDocument, 'Drill').flatMap(({ actions, resources }) =>
    resources.flatMap(resource => actions.map(action => ({ action, resource }))),
  )
}
const isCopy = (resource: string) => /:table\/haven-production(-keys)?-drill$/.test(resource)

describe('the drill of restoring', () => {
  const { properties } = only('AWS::StepFunctions::StateMachine')

  it('begins on the first of each month, and what does not begin is not lost', () => {
    const [rule] = ofType('AWS::Events::Rule', 'Drill')
    expect(rule?.properties).toMatchObject({ ScheduleExpression: 'cron(0 6 1 * ? *)', State: 'ENABLED' })
    const [target] = rule!.properties.Targets as { Arn: unknown; DeadLetterConfig: { Arn: unknown } }[]
    expect(nameOf(target?.Arn, 'Drill')).toMatch(/^Drill\/Drill\.Arn$/)
    expect(nameOf(target?.DeadLetterConfig.Arn, 'Drill')).toMatch(/^Data\/DeadLetters/)
  })

  it('restores both tables into others, in at most the 72 hours that are promised', () => {
    const { TimeoutSeconds, States } = properties.Definition as { TimeoutSeconds: number; States: { What: Json } }
    expect(TimeoutSeconds).toBe(72 * 3_600)
    expect((States.What.Result as Json).tables).toEqual([
      { live: 'haven-production', copy: 'haven-production-drill' },
      { live: 'haven-production-keys', copy: 'haven-production-keys-drill' },
    ])
  })

  it('may change and remove the copies, and do nothing to the tables but read and restore them', () => {
    const harmless = /^dynamodb:(RestoreTableToPointInTime|DescribeTable|Scan|BatchGetItem)$/
    const onTables = [...rightsOf('Policy'), ...rightsOf('comparePolicy')].filter(({ action }) =>
      action.startsWith('dynamodb:'),
    )
    expect(onTables.some(({ action, resource }) => action === 'dynamodb:DeleteTable' && isCopy(resource))).toBe(true)
    for (const { action, resource } of onTables) {
      if (!isCopy(resource)) expect([resource, action]).toEqual([resource, expect.stringMatching(harmless)])
    }
  })

  it('keeps no content in its log, which our key encrypts', () => {
    expect(properties.LoggingConfiguration).toMatchObject({ Level: 'ALL', IncludeExecutionData: false })
    const [logs] = ofType('AWS::Logs::LogGroup', 'Drill').filter(({ id }) => id.startsWith('Logs'))
    expect(nameOf(logs?.properties.KmsKeyId, 'Drill')).toMatch(/^Data\/LogsKey/)
  })

  it('calls somebody when it fails, is late or is stopped', () => {
    const text = JSON.stringify(only('AWS::CloudWatch::Alarm', 'Drill').properties)
    for (const metric of ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']) expect(text).toContain(metric)
    expect(text).toContain('docs/runbooks/restore-drill.md')
  })

  it('is none of a developer’s', () => {
    expect(ofDev('AWS::StepFunctions::StateMachine')).toEqual([])
  })
})
