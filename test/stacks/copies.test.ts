import { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, it } from 'vitest'
import { production } from '../../local/production.ts'
import { example } from '../../stacks/compliance/example.ts'
import type { Stage } from '../../stacks/configuration.ts'
import { configurationOf } from '../../stacks/configuration.ts'
import { DataStack } from '../../stacks/data.ts'
import { readCloud } from './cloud.ts'

const { ofType, nameOf, statementsOf } = readCloud(await production())

type Json = Record<string, unknown>

const there = 'us-west-2'
const copiesKey = ofType('AWS::KMS::Key', 'Copies').find(({ id }) => id.startsWith('CopiesKey'))
const keyName = `Copies/${copiesKey?.id}.Arn`

describe('the other region', () => {
  it('has every secret, under its own key', () => {
    const secrets = ofType('AWS::SecretsManager::Secret', 'Data')
    expect(secrets.length).toBeGreaterThan(8)
    for (const { properties } of secrets) {
      const [replica, ...more] = properties.ReplicaRegions as { Region: string; KmsKeyId: unknown }[]
      expect([replica?.Region, nameOf(replica?.KmsKeyId, 'Data'), more]).toEqual([there, keyName, []])
    }
  })

  it('has the keys of records: without them nothing that is copied would open', () => {
    const [keys] = ofType('AWS::DynamoDB::GlobalTable', 'Data').filter(({ id }) => id.startsWith('RecordKeys'))
    const replica = (keys!.properties.Replicas as Json[]).find(({ Region }) => Region === there)
    expect(replica).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
    })
    expect(nameOf((replica!.SSESpecification as Json).KMSMasterKeyId, 'Data')).toBe(keyName)
  })

  it('has every key that seals by itself, for the same functions and nobody else', () => {
    const replicas = ofType('AWS::KMS::ReplicaKey', 'StandbyKeys')
    const primaries = replicas.map(({ properties, stack }) => {
      const id = nameOf(properties.PrimaryKeyArn, stack).replace(/^Data\/|\.Arn$/g, '')
      return ofType('AWS::KMS::Key', 'Data').find(each => each.id === id)
    })
    // All but those that only store: tables, buckets and logs are sealed anew where they are copied to.
    const others = ofType('AWS::KMS::Key', 'Data').filter(key => !primaries.includes(key))
    expect(others.map(({ id }) => id.replace(/Key.*/, '')).sort()).toEqual(['Data', 'Logs'])
    for (const [index, primary] of primaries.entries()) {
      expect(primary?.properties.MultiRegion).toBe(true)
      const denied = (properties: Json | undefined, stack: string) =>
        statementsOf(properties?.KeyPolicy, stack)
          .filter(({ effect }) => effect === 'Deny')
          .map(({ actions, condition }) => JSON.stringify([actions, condition]))
      expect(denied(replicas[index]?.properties, 'StandbyKeys')).toEqual(denied(primary?.properties, 'Data'))
    }
  })

  it('has the buckets, as closed and as locked as those that are copied', () => {
    for (const id of ['Archive', 'Records']) {
      const [from, to] = ['Data', 'Copies'].map(stack =>
        ofType('AWS::S3::Bucket', stack).find(bucket => bucket.id.startsWith(id)),
      )
      const {
        ReplicationConfiguration,
        LoggingConfiguration: _,
        BucketEncryption: __,
        ...properties
      } = from!.properties
      const { LoggingConfiguration: ___, BucketEncryption: ____, ...copied } = to!.properties
      expect(copied).toEqual(properties)
      expect(to?.deletionPolicy).toBe('Retain')
      const { Rules } = ReplicationConfiguration as { Rules: Json[] }
      expect(Rules).toMatchObject([
        { Status: 'Enabled', Filter: { Prefix: '' }, DeleteMarkerReplication: { Status: 'Disabled' } },
      ])
      const destination = Rules[0]?.Destination as { Bucket: unknown; EncryptionConfiguration: Json }
      expect(nameOf(destination.Bucket, 'Data')).toBe(`Copies/${to?.id}.Arn`)
      expect(nameOf(destination.EncryptionConfiguration.ReplicaKmsKeyID, 'Data')).toBe(keyName)
    }
  })

  it('is written to by a role that reads here, adds there, and removes nothing', () => {
    const [policy] = ofType('AWS::IAM::ManagedPolicy', 'Data').filter(({ id }) => id.startsWith('CopyPolicy'))
    const statements = statementsOf(policy?.properties.PolicyDocument, 'Data')
    const actions = statements.flatMap(each => each.actions)
    expect(actions.filter(action => /Delete|Put|Bypass|\*/.test(action))).toEqual([])
    for (const { actions: given, resources } of statements) {
      const writes = given.some(action => /Replicate|Encrypt/.test(action))
      for (const resource of resources) expect([given, resource.includes('Copies/')]).toEqual([given, writes])
    }
  })
})

describe('a replica of the table', () => {
  const tables = (more: Partial<Stage>) => {
    const app = new App({ context: { ...example, ...more } })
    const configuration = configurationOf(app.node)
    const stack = new DataStack(app, 'Data', { configuration, env: { region: configuration.region } })
    const found = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable'))
    return found.map(({ Properties }) => Properties as { TableName: string; Replicas: Json[] })
  }

  it('is none unless it is asked for', () => {
    const [table] = tables({}).filter(({ TableName }) => TableName === 'haven-production')
    expect(table?.Replicas.map(({ Region }) => Region)).toEqual(['us-east-1'])
  })

  it('is as guarded as the table, its trail too', () => {
    const [table] = tables({ tableReplica: 'yes' }).filter(({ TableName }) => TableName === 'haven-production')
    const [replica, home] = table!.Replicas
    expect([replica?.Region, home?.Region]).toEqual([there, 'us-east-1'])
    for (const field of ['DeletionProtectionEnabled', 'PointInTimeRecoverySpecification', 'GlobalSecondaryIndexes']) {
      expect([field, replica?.[field]]).toEqual([field, home?.[field]])
    }
    const policyOf = (of: Json | undefined) => JSON.stringify(of?.ResourcePolicy)
    expect(policyOf(replica)).toBe(policyOf(home).replace('dynamodb:us-east-1:', `dynamodb:${there}:`))
    expect(policyOf(replica)).toContain('AUDIT#*')
    expect(JSON.stringify(replica?.SSESpecification)).toContain('KeyArn')
  })

  it('needs a region to be in', () => {
    const { copyRegion: _, ...rest } = example
    const app = new App({ context: { ...rest, tableReplica: 'yes' } })
    expect(() => configurationOf(app.node)).toThrow('copyRegion: must be named where the table has a replica')
  })
})
