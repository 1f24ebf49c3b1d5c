import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nameOf, ofType, only, pathOf, type Resource, statementsOf, tableCalled } from './cloud.ts'

describe('the table', () => {
  const table = tableCalled('haven-dev')
  const [replica] = table.properties.Replicas as Record<string, unknown>[]

  it('is encrypted with a key of ours', () => {
    expect(table.properties.SSESpecification).toEqual({ SSEEnabled: true, SSEType: 'KMS' })
    const encryption = replica?.SSESpecification as { KMSMasterKeyId: unknown } | undefined
    const key = ofType('AWS::KMS::Key', 'Data').find(each => each.id.startsWith('DataKey'))
    expect(nameOf(encryption?.KMSMasterKeyId, 'Data')).toBe(`${pathOf(key!)}.Arn`)
  })

  it('can be restored to any moment, and is deleted by nobody', () => {
    expect(replica).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    })
  })

  it('has one key, three indexes and two local ones, a stream and a TTL, and costs by the request', () => {
    const keyed = (name: string) => [
      { AttributeName: `${name}pk`, KeyType: 'HASH' },
      { AttributeName: `${name}sk`, KeyType: 'RANGE' },
    ]
    expect(table.properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: keyed(''),
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
    })
    const indexes = table.properties.GlobalSecondaryIndexes as Record<string, unknown>[]
    expect(indexes.map(({ IndexName, KeySchema }) => ({ IndexName, KeySchema }))).toEqual(
      ['gsi1', 'gsi2', 'gsi3'].map(name => ({ IndexName: name, KeySchema: keyed(name) })),
    )
    expect(table.properties.LocalSecondaryIndexes).toEqual(
      ['lsi1', 'lsi2'].map(name => ({
        IndexName: name,
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: `${name}sk`, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    )
  })
})

describe('the table of the keys of records', () => {
  const keys = tableCalled('haven-dev-keys')
  const [replica] = keys.properties.Replicas as Record<string, unknown>[]

  it('gives back what was destroyed by mistake for a week and no longer, and tells nobody of it', () => {
    expect(replica).toMatchObject({
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
    })
    expect(keys.properties).not.toHaveProperty('StreamSpecification')
    expect(keys.properties).not.toHaveProperty('GlobalSecondaryIndexes')
  })
})

describe('the audit trail', () => {
  const table = tableCalled('haven-dev')

  it('is denied to everybody to change, by the table itself', () => {
    // By its name: CloudFormation refuses a resource that refers to itself.
    expect(JSON.stringify(table.properties)).not.toContain(table.id)
    const [replica] = table.properties.Replicas as { ResourcePolicy: { PolicyDocument: unknown } }[]
    expect(statementsOf(replica?.ResourcePolicy.PolicyDocument, 'Data')).toMatchObject([
      {
        effect: 'Deny',
        principal: { AWS: '*' },
        condition: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['AUDIT#*'] } },
      },
    ])
  })

  it('is archived for six years, which nobody can shorten', () => {
    const bucket = bucketOf('Archive')
    expect(bucket.properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 2_192 } } },
      VersioningConfiguration: { Status: 'Enabled' },
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    })
  })
})

const bucketOf = (name: string) => ofType('AWS::S3::Bucket').find(({ id }) => id.startsWith(name)) as Resource

describe('files of exports', () => {
  it('lie encrypted with a key of ours, open to nobody, and are gone after a week', () => {
    const { properties } = bucketOf('Records')
    const [rule] = (properties.BucketEncryption as { ServerSideEncryptionConfiguration: object[] })
      .ServerSideEncryptionConfiguration
    expect(rule).toMatchObject({ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } })
    expect(properties).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
      LifecycleConfiguration: {
        Rules: [
          {
            Prefix: 'exports/',
            Status: 'Enabled',
            ExpirationInDays: 7,
            NoncurrentVersionExpiration: { NoncurrentDays: 1 },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
          },
        ],
      },
    })
  })
})

describe('keys, secrets and queues', () => {
  // KMS rotates no asymmetric key.
  const symmetric = ofType('AWS::KMS::Key').filter(({ properties }) => properties.KeyUsage !== 'SIGN_VERIFY')
  it.each(symmetric)('the key $id is rotated', ({ properties }) => {
    expect(properties.EnableKeyRotation).toBe(true)
  })

  it.each(ofType('AWS::SecretsManager::Secret'))('the secret $id is encrypted with a key of ours', secret => {
    expect(nameOf(secret.properties.KmsKeyId, 'Data')).toMatch(/^Data\/DataKey/)
    expect(secret.properties).not.toHaveProperty('SecretString')
  })

  it.each(ofType('AWS::SQS::Queue'))('the queue $id is encrypted and takes nothing without TLS', queue => {
    expect(nameOf(queue.properties.KmsMasterKeyId, 'Data')).toMatch(/^Data\/DataKey/)
    const policies = ofType('AWS::SQS::QueuePolicy').filter(({ properties }) =>
      (properties.Queues as unknown[]).some(each => nameOf(each, 'Data') === pathOf(queue)),
    )
    const statements = policies.flatMap(({ properties }) => statementsOf(properties.PolicyDocument, 'Data'))
    expect(statements).toContainEqual(
      expect.objectContaining({
        effect: 'Deny',
        condition: { Bool: { 'aws:SecureTransport': 'false' } },
        principal: { AWS: '*' },
      }),
    )
  })

  it('take what a rule cannot deliver with the dead letters, from rules of this stage alone', () => {
    const policies = ofType('AWS::SQS::QueuePolicy').flatMap(({ properties }) =>
      statementsOf(properties.PolicyDocument, 'Data').filter(({ effect }) => effect === 'Allow'),
    )
    const fromOurs = {
      ArnLike: {
        'aws:SourceArn': {
          'Fn::Join': [
            '',
            ['arn:', { Ref: 'AWS::Partition' }, ':events:us-east-1:', { Ref: 'AWS::AccountId' }, ':rule/Haven-dev-*'],
          ],
        },
      },
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    }
    const principal = { Service: 'events.amazonaws.com' }
    expect(policies).toMatchObject([{ actions: ['sqs:SendMessage'], principal, condition: fromOurs }])
    const key = ofType('AWS::KMS::Key').find(({ id }) => id.startsWith('DataKey'))
    expect(statementsOf(key?.properties.KeyPolicy, 'Data')).toContainEqual(
      expect.objectContaining({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], principal, condition: fromOurs }),
    )
  })

  it.each(['Claims', 'Reviews', 'Exports', 'Copies'])(
    'a message of %s that fails ten times lies with the dead letters for two weeks',
    name => {
      const queues = ofType('AWS::SQS::Queue')
      const letters = queues.find(({ id }) => id.startsWith('DeadLetters')) as Resource
      const queue = queues.find(({ id }) => id.startsWith(name)) as Resource
      expect(letters.properties.MessageRetentionPeriod).toBe(14 * 86_400)
      const { maxReceiveCount, deadLetterTargetArn } = queue.properties.RedrivePolicy as Record<string, unknown>
      expect(maxReceiveCount).toBe(10)
      expect(nameOf(deadLetterTargetArn, 'Data')).toBe(`${pathOf(letters)}.Arn`)
    },
  )

  it.each([
    ['Claims', 'claims-transmit', 'submissions'],
    ['Exports', 'exports-run', 'jobs'],
    ['Copies', 'recordexports-run', 'jobs'],
  ])(
    '%s hides a message for longer than a worker has its lease, and that for longer than it runs',
    (name, fn, file) => {
      const queue = ofType('AWS::SQS::Queue').find(({ id }) => id.startsWith(name)) as Resource
      const worker = ofType('AWS::Lambda::Function').find(
        ({ properties }) => properties.FunctionName === `haven-dev-${fn}`,
      )
      const store = readFileSync(resolve(import.meta.dirname, '..', '..', 'shared', 'store', `${file}.ts`), 'utf8')
      const lease = Number(/leaseMs = ([\d_]+)/.exec(store)?.[1]?.replaceAll('_', '')) / 1_000
      expect(queue.properties.VisibilityTimeout).toBeGreaterThan(lease)
      expect(lease).toBeGreaterThan(worker?.properties.Timeout as number)
    },
  )
})

describe('the API', () => {
  it('logs routes and not paths, which hold ids of people', () => {
    const { AccessLogSettings, DefaultRouteSettings } = only('AWS::ApiGatewayV2::Stage').properties as {
      AccessLogSettings: { Format: string }
      DefaultRouteSettings: Record<string, unknown>
    }
    expect(AccessLogSettings.Format).toContain('$context.routeKey')
    expect(AccessLogSettings.Format).not.toMatch(/\$context\.(path|identity|authorizer)|\$input/)
    expect(DefaultRouteSettings).toMatchObject({ ThrottlingRateLimit: 20_000, DetailedMetricsEnabled: true })
  })

  it.each(ofType('AWS::Logs::LogGroup'))('the log group $id is encrypted and ends', ({ properties, stack }) => {
    expect(nameOf(properties.KmsKeyId, stack)).toMatch(/^Data\/LogsKey/)
    expect(properties.RetentionInDays).toBe(365)
  })
})
