import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  acknowledgementsOf,
  acknowledgementsPage,
  needlessIn,
  reportOf,
} from '../../stacks/compliance/acknowledgements.ts'
import * as dev from './cloud.ts'
import { pathOf, type Resource } from './cloud.ts'
import { production } from './production.ts'

const { directory, ofType, nameOf, statementsOf } = production
const each = (type: string) => ofType(type).map(resource => [pathOf(resource), resource] as const)

describe('the packs of rules', () => {
  it('have all five judged the templates, and found nothing that is not acknowledged', () => {
    const judged = reportOf(directory).pluginReports.map(({ pluginName, violations }) => [pluginName, violations])
    const packs = ['AwsSolutions', 'HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321', 'Serverless']
    expect(judged).toEqual(packs.map(pack => [pack, []]))
  })

  it('stop a synthesis, and so do the rules of CloudFormation', () => {
    const { context } = JSON.parse(readFileSync(resolve('cdk.json'), 'utf8')) as { context: object }
    expect(context).toMatchObject({ '@aws-cdk/core:validateAgainstDefaultRules': true })
  })

  it('are contradicted with a reason that says more than that they are', () => {
    for (const { reason, rules } of acknowledgementsOf(directory)) {
      expect(reason.length, rules.join()).toBeGreaterThan(60)
      expect(reason, rules.join()).not.toMatch(/false positive|not (needed|required|applicable)|n\/a/i)
    }
  })

  it('are contradicted nowhere without need', () => {
    expect(needlessIn(directory)).toEqual([])
  })

  it('are contradicted as the document says: `npm run compliance` writes it', () => {
    const page = readFileSync(resolve('docs', 'compliance', 'acknowledgements.md'), 'utf8')
    expect(page).toBe(acknowledgementsPage(directory))
  })
})

describe('where the packs see nothing', () => {
  it.each(each('AWS::DynamoDB::GlobalTable'))('%s: our key, any moment restored, deleted by nobody', (_, table) => {
    const replicas = table.properties.Replicas as Record<string, Record<string, unknown>>[]
    expect(replicas.length).toBeGreaterThan(0)
    for (const replica of replicas) {
      const key = String(replica.Region) === 'us-east-1' ? /^Data\/DataKey/ : /^Copies\/CopiesKey/
      expect(nameOf(replica.SSESpecification?.KMSMasterKeyId, table.stack)).toMatch(key)
      expect(replica.PointInTimeRecoverySpecification).toMatchObject({ PointInTimeRecoveryEnabled: true })
      expect(replica.DeletionProtectionEnabled).toBe(true)
    }
  })

  it.each(each('AWS::Logs::LogGroup'))('%s: our key, and an end', (_, { properties, stack }) => {
    expect(nameOf(properties.KmsKeyId, stack)).toMatch(/^Data\/LogsKey/)
    expect(properties.RetentionInDays).toBe(731)
  })

  it.each(each('AWS::SQS::Queue'))('%s: our key', (_, { properties, stack }) => {
    expect(nameOf(properties.KmsMasterKeyId, stack)).toMatch(/^Data\/DataKey/)
  })

  it.each(each('AWS::SNS::Topic'))('%s: our key', (_, { properties, stack }) => {
    expect(nameOf(properties.KmsMasterKeyId, stack)).toMatch(/^Data\/LogsKey/)
  })

  const policyTypes = {
    'AWS::S3::Bucket': ['AWS::S3::BucketPolicy', 'Bucket'],
    'AWS::SQS::Queue': ['AWS::SQS::QueuePolicy', 'Queues'],
    'AWS::SNS::Topic': ['AWS::SNS::TopicPolicy', 'Topics'],
  } as const
  it.each(Object.keys(policyTypes).flatMap(each))('%s: nothing without TLS', (_, resource) => {
    const [type, subject] = policyTypes[resource.type as keyof typeof policyTypes]
    const own = ofType(type, resource.stack).filter(({ properties, stack }) =>
      [properties[subject]].flat().some(each => nameOf(each, stack) === pathOf(resource)),
    )
    const statements = own.flatMap(({ properties, stack }) => statementsOf(properties.PolicyDocument, stack))
    expect(statements).toContainEqual(
      expect.objectContaining({ effect: 'Deny', condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    )
  })

  it.each(each('AWS::S3::Bucket'))(
    '%s: nothing public, versions kept, accesses logged',
    (path, { properties, stack }) => {
      expect(properties).toMatchObject({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        VersioningConfiguration: { Status: 'Enabled' },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
      })
      if (path.includes('/AccessLogs')) return
      const { DestinationBucketName } = properties.LoggingConfiguration as { DestinationBucketName: unknown }
      expect(nameOf(DestinationBucketName, stack)).toMatch(
        stack === 'Copies' ? /^Copies\/AccessLogs/ : /^Data\/AccessLogs/,
      )
    },
  )

  it('functions reserve so little that an account as it comes, with a raise to 1,000, has enough for the others', () => {
    const reserved = (functions: Resource[]) =>
      functions.reduce((sum, { properties }) => sum + Number(properties.ReservedConcurrentExecutions ?? 0), 0)
    for (const cloud of [dev.ofType, ofType]) {
      const sum = reserved(cloud('AWS::Lambda::Function'))
      expect(sum).toBeGreaterThan(0)
      // Lambda keeps 100 unreserved, and nine tenths should be there for requests.
      expect(sum).toBeLessThanOrEqual(100)
    }
  })

  it('an API that stands behind an edge has no other door', () => {
    const [api] = ofType('AWS::ApiGatewayV2::Api')
    expect(api?.properties.DisableExecuteApiEndpoint).toBe(true)
    const [domain] = ofType('AWS::ApiGatewayV2::DomainName')
    expect(domain?.properties).toMatchObject({
      DomainName: 'portal.practice.example.org',
      MutualTlsAuthentication: { TruststoreUri: 's3://practice-trust/edge/ca.pem' },
      DomainNameConfigurations: [{ SecurityPolicy: 'TLS_1_2', EndpointType: 'REGIONAL' }],
    })
  })

  it('an edge has a firewall', () => {
    const [distribution] = ofType('AWS::CloudFront::Distribution')
    const [acl] = ofType('AWS::WAFv2::WebACL')
    const { WebACLId } = distribution!.properties.DistributionConfig as { WebACLId: unknown }
    expect(nameOf(WebACLId, 'Edge')).toBe(`${pathOf(acl!)}.Arn`)
  })
})
