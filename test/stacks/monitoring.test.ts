import { App, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Key } from 'aws-cdk-lib/aws-kms'
import { describe, expect, it } from 'vitest'
import { catalogue, isAction } from '../../functions/catalogue.ts'
import { quotas } from '../../shared/domain/quotas.ts'
import { configurationOf } from '../../stacks/configuration.ts'
import { AlertsStack } from '../../stacks/monitoring.ts'
import { nameOf, ofType, only, pathOf, statementsOf, tableCalled } from './cloud.ts'

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
    const key = new Key(new Stack(app, 'Keys'), 'Key')
    return Template.fromStack(new AlertsStack(app, 'Alerts', { configuration, key }))
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

  it('all tell the topic, and each says in words what it means', () => {
    for (const { properties, stack, id } of alarms) {
      const told = [properties.AlarmActions, properties.OKActions].flatMap(actions => actions as unknown[])
      expect(
        told.map(action => nameOf(action, stack)),
        id,
      ).toEqual([pathOf(topic), pathOf(topic)])
      expect(String(properties.AlarmDescription).length, id).toBeGreaterThan(15)
    }
  })

  it.each([
    ['AWS/DynamoDB', 'ReadThrottleEvents', 1],
    ['AWS/DynamoDB', 'WriteThrottleEvents', 1],
    ['AWS/DynamoDB', 'SystemErrors', 7],
    ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 1],
    ['AWS/SQS', 'ApproximateAgeOfOldestMessage', 1],
    ['Haven', 'AuditUnavailable', 1],
    ['Haven', 'DenialNotRecorded', 1],
    ['Haven', 'NoticesAbandoned', 2],
    ['Haven', 'CredentialsRefused', 1],
    ['Haven', 'Limited-credential', 1],
  ])('watch %s %s', (namespace, name, count) => {
    const watching = shared.filter(
      ({ properties }) => properties.Namespace === namespace && properties.MetricName === name,
    )
    expect(watching).toHaveLength(count)
  })

  it('watch the table that there is', () => {
    const table = tableCalled('haven-dev')
    for (const { properties } of shared.filter(each => each.properties.Namespace === 'AWS/DynamoDB')) {
      const dimensions = properties.Dimensions as { Name: string; Value: unknown }[]
      const name = dimensions.find(({ Name }) => Name === 'TableName')
      expect([pathOf(table), table.properties.TableName]).toContain(nameOf(name?.Value, 'Monitoring'))
    }
  })
})

describe('the dashboard', async () => {
  const { properties } = only('AWS::CloudWatch::Dashboard')
  const body = nameOf(properties.DashboardBody, 'Monitoring')

  it.each((await catalogue()).filter(isAction).filter(({ declaration }) => declaration.metric))(
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

  it.each((await catalogue()).map(({ id }) => id))('shows errors, time and refusals of %s', id => {
    const name = `haven-dev-${id.replace('.', '-')}`
    for (const metric of ['Errors', 'Duration', 'Throttles']) {
      expect(body).toContain(`["AWS/Lambda","${metric}","FunctionName","${name}"`)
    }
  })
})
