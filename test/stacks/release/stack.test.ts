import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../functions/catalogue.ts'
import * as dev from '../cloud.ts'
import { pathOf } from '../cloud.ts'
import { production } from '../production.ts'

type Json = Record<string, unknown>
const { ofType, nameOf } = production
const entries = await catalogue()

describe.each(entries.map(({ id, domain }) => [id, domain] as const))('a new version of %s', (id, domain) => {
  const name = `haven-production-${id.replace('.', '-')}`
  const lambda = ofType('AWS::Lambda::Function', domain).find(({ properties }) => properties.FunctionName === name)!
  const ofLambda = (type: string) =>
    ofType(type, domain).filter(({ properties, stack }) => nameOf(properties.FunctionName, stack) === pathOf(lambda))
  const [alias] = ofLambda('AWS::Lambda::Alias')
  const { ApplicationName, DeploymentGroupName, BeforeAllowTrafficHook } = (alias?.updatePolicy
    ?.CodeDeployLambdaAliasUpdate ?? {}) as Json
  const group = ofType('AWS::CodeDeploy::DeploymentGroup', domain).find(
    each => pathOf(each) === nameOf(DeploymentGroupName, domain),
  )

  it('gets a tenth of the requests for five minutes, after the probe', () => {
    expect(group?.properties).toMatchObject({
      DeploymentGroupName: name,
      DeploymentConfigName: 'CodeDeployDefault.LambdaCanary10Percent5Minutes',
      DeploymentStyle: { DeploymentOption: 'WITH_TRAFFIC_CONTROL', DeploymentType: 'BLUE_GREEN' },
    })
    expect(nameOf(ApplicationName, domain)).toMatch(/^Release\/Application/)
    expect(BeforeAllowTrafficHook).toBe('haven-production-release-probe')
  })

  it('goes back when it fails, is stopped, or an alarm of the alias goes off', () => {
    expect(group?.properties.AutoRollbackConfiguration).toEqual({
      Enabled: true,
      Events: expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM']),
    })
    const { Alarms, Enabled } = group!.properties.AlarmConfiguration as {
      Alarms: { Name: unknown }[]
      Enabled: boolean
    }
    expect(Enabled).toBe(true)
    const watching = Alarms.map(({ Name }) =>
      ofType('AWS::CloudWatch::Alarm', domain).find(each => pathOf(each) === nameOf(Name, domain)),
    )
    expect(watching).toHaveLength(2)
    for (const alarm of watching) {
      const text = JSON.stringify(alarm?.properties)
      expect(text).toContain(`{"Name":"Resource","Value":{"Fn::Join":["",[{"Ref":"${lambda.id}"},":live"]]}}`)
      // Within the five minutes.
      expect(text).toContain('"Period":60')
    }
  })

  it('leaves the one before where it can go back to', () => {
    const [version] = ofLambda('AWS::Lambda::Version')
    expect(version?.deletionPolicy).toBe('Retain')
  })
})

describe('a release', () => {
  it('is at once in dev: no canary, and no version kept', () => {
    expect(dev.ofType('AWS::CodeDeploy::DeploymentGroup')).toEqual([])
    expect(dev.stackNames).not.toContain('Release')
    expect(dev.ofType('AWS::Lambda::Alias')).toHaveLength(entries.length)
    expect(dev.ofType('AWS::Lambda::Alias').filter(({ updatePolicy }) => updatePolicy)).toEqual([])
    expect(dev.ofType('AWS::Lambda::Version').map(({ deletionPolicy }) => deletionPolicy)).not.toContain('Retain')
  })

  it('removes old versions each day', () => {
    const [rule] = ofType('AWS::Events::Rule', 'Release')
    expect(rule?.properties).toMatchObject({ ScheduleExpression: 'cron(0 9 * * ? *)', State: 'ENABLED' })
    const [{ Arn } = { Arn: undefined }] = rule!.properties.Targets as { Arn: unknown }[]
    expect(nameOf(Arn, 'Release')).toMatch(/^Release\/prune\w+\.Arn$/)
    const [alarm] = ofType('AWS::CloudWatch::Alarm', 'Release')
    expect(alarm?.properties).toMatchObject({ Namespace: 'AWS/Lambda', MetricName: 'Errors', Threshold: 1 })
  })

  it('lets CodeDeploy move aliases and ask the probe, and nothing of AWS’s own choosing', () => {
    const role = ofType('AWS::IAM::Role', 'Release').find(
      ({ properties }) => properties.RoleName === 'haven-production-release',
    )
    expect(role?.properties).not.toHaveProperty('ManagedPolicyArns')
    const policy = ofType('AWS::IAM::ManagedPolicy', 'Release').find(({ properties, stack }) =>
      (properties.Roles as unknown[]).some(each => nameOf(each, stack) === pathOf(role!)),
    )
    const given = production
      .statementsOf(policy?.properties.PolicyDocument, 'Release')
      .flatMap(({ actions }) => actions)
    expect(given.sort()).toEqual([
      'cloudwatch:DescribeAlarms',
      'lambda:GetAlias',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:InvokeFunction',
      'lambda:UpdateAlias',
    ])
  })
})

describe.each([
  ['dev', dev],
  ['production', production],
] as const)('the stacks of %s', (_, { stackNames, resources, ofType: all, dangling }) => {
  it.each(stackNames)('%s is within what CloudFormation takes, with a fifth to spare', stack => {
    expect(resources.filter(resource => resource.stack === stack).length).toBeLessThanOrEqual(400)
    expect(all('AWS::Lambda::Function', stack).length).toBeLessThanOrEqual(30)
  })

  it('refer to nothing that is not there', () => {
    expect(dangling).toEqual([])
  })
})
