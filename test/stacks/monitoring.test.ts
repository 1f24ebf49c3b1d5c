import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { catalogue, isAction } from '../../functions/catalogue.ts'
import { quotas } from '../../shared/domain/quotas.ts'
import { AlertsStack } from '../../stacks/alerts.ts'
import { configurationOf } from '../../stacks/configuration.ts'
import { DataStack } from '../../stacks/data.ts'
import { nameOf, ofType, only, pathOf, type Resource, statementsOf, tableCalled } from './cloud.ts'

const entries = await catalogue()
const topic = only('AWS::SNS::Topic', 'Alerts')

describe('the topic of alarms', () => {
  it('is encrypted with a key that CloudWatch may use: otherwise alarms are lost without a word', () => {
    const key = ofType('AWS::KMS::Key').find(
      each => nameOf(topic.properties.KmsMasterKeyId, 'Alerts') === `${pathOf(each)}.Arn`,
    )
    const statements = statementsOf(key?.properties.KeyPolicy, 'Data')
    expect(statements).toContainEqual(
      expect.objectContaining({
        effect: 'Allow',
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        principal: { Service: 'cloudwatch.amazonaws.com' },
      }),
    )
  })

  it('refuses what comes without TLS, and lets CloudWatch publish', () => {
    const { properties, stack } = only('AWS::SNS::TopicPolicy')
    const statements = statementsOf(properties.PolicyDocument, stack)
    expect(statements).toContainEqual(
      expect.objectContaining({ effect: 'Deny', condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    )
    const allowed = statements.filter(({ effect }) => effect === 'Allow')
    expect(allowed).toContainEqual(
      expect.objectContaining({ actions: ['sns:Publish'], principal: { Service: 'cloudwatch.amazonaws.com' } }),
    )
  })

  const alerts = (context: Record<string, unknown>) => {
    const app = new App({ context })
    const configuration = configurationOf(app.node)
    const data = new DataStack(app, 'Data', { configuration, env: { region: configuration.region } })
    return Template.fromStack(
      new AlertsStack(app, 'Alerts', { configuration, data, env: { region: configuration.region } }),
    )
  }

  it('tells the address that the context names', () => {
    const template = alerts({ stage: 'dev', alertEmail: 'oncall@practice.example' })
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'oncall@practice.example',
    })
    template.resourceCountIs('AWS::SNS::Subscription', 1)
  })

  it('tells nobody when none is named', () => {
    alerts({ stage: 'dev' }).resourceCountIs('AWS::SNS::Subscription', 0)
  })
})

describe('alarms', () => {
  const alarms = ofType('AWS::CloudWatch::Alarm')
  const shared = ofType('AWS::CloudWatch::Alarm', 'Monitoring')

  const composites = ofType('AWS::CloudWatch::CompositeAlarm')
  const told = ({ properties, stack }: Resource) =>
    [properties.AlarmActions, properties.OKActions].map(actions =>
      ((actions as unknown[] | undefined) ?? []).map(action => nameOf(action, stack)),
    )
  /** The names of alarms that a composite reads. */
  const readBy = ({ properties }: Resource) =>
    [...JSON.stringify(properties.AlarmRule).matchAll(/Haven-dev-[\w-]+|"Fn::GetAtt":\["(\w+)"/g)].map(
      match => match[1] ?? match[0],
    )

  it('tell the topic, or are read by one that does: a fault calls once', () => {
    const read = new Set(composites.flatMap(readBy))
    for (const alarm of [...alarms, ...composites]) {
      const calls = told(alarm)
      if (calls.flat().length > 0) expect(calls, alarm.id).toEqual([[pathOf(topic)], [pathOf(topic)]])
      else expect(read.has(alarm.id) || read.has(String(alarm.properties.AlarmName)), alarm.id).toBe(true)
      expect(String(alarm.properties.AlarmDescription).length, alarm.id).toBeGreaterThan(15)
    }
  })

  it('of a domain keep still while the table fails, and read every alarm of its functions', () => {
    const domains = composites.filter(({ id }) => id.startsWith('Unwell'))
    expect(domains.length).toBe(new Set(entries.map(({ domain }) => domain)).size)
    for (const domain of domains) {
      expect(JSON.stringify(domain.properties.ActionsSuppressor)).toContain('TableFailing')
      const own = alarms.filter(({ stack }) => stack === domain.stack)
      expect(new Set(readBy(domain)).size).toBe(own.length)
    }
  })

  it('are named after where they stand, once each', () => {
    const names = [...alarms, ...composites].map(({ properties }) => properties.AlarmName)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^Haven-dev-[A-Za-z]+(-[\w.-]+)+$/)
  })

  it('miss no schedule: each scheduled function is watched for two intervals', () => {
    const missed = shared.filter(({ properties }) => properties.MetricName === 'Invocations')
    const scheduled = entries.filter(
      ({ declaration }) => declaration.kind === 'worker' && 'schedule' in declaration.source,
    )
    expect(missed).toHaveLength(scheduled.length)
    for (const { properties } of missed) {
      expect(properties).toMatchObject({
        TreatMissingData: 'breaching',
        ComparisonOperator: 'LessThanThreshold',
        EvaluationPeriods: 2,
      })
      expect(Number(properties.Period) * 2).toBeLessThanOrEqual(7 * 86_400)
    }
  })

  it('burn: three pairs of windows, each a composite of both', () => {
    const burns = composites.filter(({ properties }) => /-Burn(Fast|Steady|Slow)$/.test(String(properties.AlarmName)))
    expect(burns.map(({ properties }) => JSON.stringify(properties.AlarmRule).match(/ AND /g)?.length)).toEqual([
      1, 1, 1,
    ])
    const thresholds = shared.filter(({ id }) => id.startsWith('Burn')).map(({ properties }) => properties.Threshold)
    expect(thresholds.sort()).toEqual([14.4, 14.4, 3, 3, 6, 6].sort())
  })

  it.each([
    ['AWS/DynamoDB', 'ReadThrottleEvents', 2],
    ['AWS/DynamoDB', 'WriteThrottleEvents', 2],
    ['AWS/DynamoDB', 'SystemErrors', 8],
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 1],
    ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 4],
    ['AWS/Lambda', 'IteratorAge', 5],
    ['Haven', 'AuditUnavailable', 1],
    ['Haven', 'DenialNotRecorded', 1],
    ['Haven', 'NoticesAbandoned', 2],
    ['Haven', 'CredentialsRefused', 1],
    ['Haven', 'Limited-credential', 1],
  ])('watch %s %s', (namespace, name, count) => {
    const watching = [...shared, ...ofType('AWS::CloudWatch::Alarm', 'Alerts')].filter(
      ({ properties }) => properties.Namespace === namespace && properties.MetricName === name,
    )
    expect(watching).toHaveLength(count)
  })

  it('watch the tables that there are', () => {
    const watched = ofType('AWS::CloudWatch::Alarm', 'Alerts').map(({ properties }) => {
      const dimensions = properties.Dimensions as { Name: string; Value: unknown }[]
      return nameOf(dimensions.find(({ Name }) => Name === 'TableName')?.Value, 'Alerts')
    })
    const tables = ['haven-dev', 'haven-dev-keys'].map(tableCalled).map(pathOf)
    expect([...new Set(watched)].sort()).toEqual(tables.sort())
  })
})

describe('the dashboard', () => {
  const { properties } = only('AWS::CloudWatch::Dashboard')
  const body = nameOf(properties.DashboardBody, 'Monitoring')

  it.each(entries.filter(isAction).filter(({ declaration }) => declaration.metric))(
    'shows the business metric of $id',
    ({ id, declaration }) => {
      expect(body).toContain(`["Haven","${declaration.metric}","action","${id}","service","haven"`)
    },
  )

  it.each(Object.entries(quotas).flatMap(([name, rule]) => ('slides' in rule ? [name] : [])))(
    'shows the refusals of the class %s',
    name => {
      expect(body).toContain(`["Haven","Limited-${name}","service","haven"`)
    },
  )

  it('shows attacks on accounts', () => {
    expect(body).toContain('["Haven","CredentialsRefused","service","haven"')
    expect(body).toContain('["Haven","Limited-account-delayed","service","haven"')
    expect(body).toContain('["Haven","AccountsLocked","action","limits.tell-locked","service","haven"')
  })

  it.each(entries.map(({ id }) => id))('shows errors, time and refusals of %s', id => {
    const name = `haven-dev-${id.replace('.', '-')}`
    for (const metric of ['Errors', 'Duration', 'Throttles']) {
      expect(body).toContain(`["AWS/Lambda","${metric}","FunctionName","${name}"`)
    }
  })
})
