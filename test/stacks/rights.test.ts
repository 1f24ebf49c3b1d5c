import { describe, expect, it } from 'vitest'
import type { Resource } from './cloud.ts'
import * as dev from './cloud.ts'
import { production } from './production.ts'

const { nameOf } = dev

/** Every policy document of the clouds, wherever it stands. */
const documents = [dev, production].flatMap(({ resources, statementsOf }) =>
  resources.flatMap(resource =>
    documentsIn(resource.properties).map(document => ({ resource, document, statementsOf })),
  ),
)

function documentsIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if ('Statement' in value && Array.isArray(value.Statement)) return [value]
  return Object.values(value).flatMap(documentsIn)
}

const statements = documents.flatMap(({ resource, document, statementsOf }) =>
  statementsOf(document, resource.stack).map(statement => ({ resource, ...statement })),
)

/** Wildcards that stand, each with its reason. A policy of a thing says `*` for the thing itself. */
const actions: { type: string; action: RegExp; because: string }[] = [
  {
    type: 'AWS::KMS::Key',
    action: /^kms:\*$/,
    because: 'the account itself, so that IAM decides: without it a key can be lost for ever',
  },
  {
    type: 'AWS::KMS::Key',
    action: /^kms:(ReEncrypt|GenerateDataKey)\*$/,
    because: 'Secrets Manager on behalf of this account alone; CDK writes it for each secret',
  },
  {
    type: 'AWS::KMS::ReplicaKey',
    action: /^kms:(\*|(ReEncrypt|GenerateDataKey)\*)$/,
    because: 'as of the key that it is a replica of: the account itself, and a denial to all but named functions',
  },
  { type: 'AWS::SQS::QueuePolicy', action: /^sqs:\*$/, because: 'a denial: everything without TLS' },
  { type: 'AWS::S3::BucketPolicy', action: /^s3:\*$/, because: 'a denial: everything without TLS' },
]
const places: { type: string; of?: RegExp; resource: RegExp; because: string }[] = [
  { type: 'AWS::KMS::Key', resource: /^\*$/, because: 'a key policy is about its own key' },
  { type: 'AWS::KMS::ReplicaKey', resource: /^\*$/, because: 'a key policy is about its own key' },
  {
    type: 'AWS::IAM::ManagedPolicy',
    resource: /:log-group:\/haven\/(dev|production)\/[a-z]+\.[a-z-]+:log-stream:\*$/,
    because: 'streams of its own group, which the service names',
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    resource: /^arn:aws:chime:us-east-1:\{\{AWS::AccountId\}\}:meeting\/\*$/,
    because: 'meetings of this account, whose ids the service makes',
  },
  {
    type: 'AWS::S3::BucketPolicy',
    resource: /^\{((Data|Copies)\/(Archive|AccessLogs|Records)|Edge\/Site)\w*\.Arn\}\/\*$/,
    because: 'objects of its own bucket',
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    resource: /^\{Data\/Archive\w*\.Arn\}\/\*$/,
    because: 'objects of the archive, named by the hashes of what is in them',
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    resource: /^\{Data\/Records\w*\.Arn\}\/exports\/\*$/,
    because: 'files of exports, named by practice and export',
  },
]

places.push({
  type: 'AWS::IAM::ManagedPolicy',
  of: /^CopyPolicy/,
  resource: /^\{(Data|Copies)\/(Archive|Records)\w*\.Arn\}\/\*$/,
  because: 'S3 copies all that is put into a bucket',
})

const ofRelease = (resource: RegExp, because: string) => ({ type: 'AWS::IAM::ManagedPolicy', resource, because })
places.push(
  ofRelease(
    /:log-group:\/haven\/production\/release\.(probe|prune):log-stream:\*$/,
    'streams of its own group, which the service names',
  ),
  ofRelease(
    /^arn:aws:lambda:us-east-1:\{\{AWS::AccountId\}\}:function:haven-production-\*(:\*)?$/,
    'versions of all functions of the stage: there are more than a policy may name',
  ),
  ofRelease(
    /^arn:aws:codedeploy:us-east-1:\{\{AWS::AccountId\}\}:deploymentgroup:haven-production\/\*$/,
    'deployment groups of the one application',
  ),
  ofRelease(
    /^arn:aws:cloudwatch:us-east-1:\{\{AWS::AccountId\}\}:alarm:Haven-production-\*$/,
    'alarms of the stage, which the groups name',
  ),
)

places.push({
  type: 'AWS::IAM::ManagedPolicy',
  resource:
    /^arn:aws:iam::\{\{AWS::AccountId\}\}:role\/cdk-\*-(deploy|file-publishing|lookup)-role-\{\{AWS::AccountId\}\}-us-(east-1|west-2)$/,
  because: 'the roles of the CDK, whose qualifier is the account’s to choose',
})

/** A meeting that does not exist yet has no name, and a list of streams is of all of them. */
const nameless = [
  'chime:CreateMeeting',
  'dynamodb:ListStreams',
  // What Step Functions asks for to deliver a log.
  [
    'logs:CreateLogDelivery,logs:GetLogDelivery,logs:UpdateLogDelivery,logs:DeleteLogDelivery,logs:ListLogDeliveries',
    'logs:PutResourcePolicy,logs:DescribeResourcePolicies,logs:DescribeLogGroups',
  ].join(),
]

const what = ({ stack, id }: Resource) => `${stack}/${id}`

describe('no policy', () => {
  it('is missing here: functions, keys, queues and the topic have theirs', () => {
    const types = new Set(documents.map(({ resource }) => resource.type))
    for (const type of [
      'AWS::IAM::ManagedPolicy',
      'AWS::IAM::Role',
      'AWS::KMS::Key',
      'AWS::SQS::QueuePolicy',
      'AWS::SNS::TopicPolicy',
    ]) {
      expect(types).toContain(type)
    }
  })

  it('has an action with a wildcard, but those listed', () => {
    for (const { resource, actions: given, effect } of statements) {
      for (const action of given.filter(each => each.includes('*'))) {
        const listed = actions.find(each => each.type === resource.type && each.action.test(action))
        expect(listed?.because, `${what(resource)}: ${effect} ${action}`).toBeTruthy()
        if (listed?.because.startsWith('a denial')) expect(effect).toBe('Deny')
      }
    }
  })

  it('has a resource with a wildcard, but those listed', () => {
    for (const { resource, resources: given, actions: verbs } of statements) {
      for (const place of given.filter(each => each.includes('*'))) {
        if (place === '*' && nameless.includes(verbs.join())) continue
        const listed = places.find(
          each => each.type === resource.type && (each.of?.test(resource.id) ?? true) && each.resource.test(place),
        )
        expect(listed?.because, `${what(resource)}: ${verbs} on ${place}`).toBeTruthy()
      }
    }
  })

  it('lets anybody in: a principal is named, and everybody is only ever denied', () => {
    for (const { resource, principal, effect } of statements) {
      if (JSON.stringify(principal ?? '').includes('"*"')) expect(effect, what(resource)).toBe('Deny')
    }
  })

  it('names the same account’s root in keys, and services elsewhere', () => {
    for (const { resource, principal } of statements.filter(
      each => each.resource.type === 'AWS::KMS::Key' && each.effect === 'Allow',
    )) {
      const { AWS, Service } = principal as { AWS?: unknown; Service?: string }
      if (AWS) expect(nameOf(AWS, resource.stack)).toBe('arn:{{AWS::Partition}}:iam::{{AWS::AccountId}}:root')
      else expect(Service).toMatch(/^(logs\.us-east-1|cloudwatch|events|cloudfront)\.amazonaws\.com$/)
    }
  })

  it('lets anything but its rotation replace a secret, or anything but it and the signer read the signing keys', () => {
    const holders = (action: string, secret = '') =>
      statements
        .filter(({ actions: given, resources: places, resource }) => {
          const isPolicy = resource.type === 'AWS::IAM::ManagedPolicy'
          return isPolicy && given.includes(action) && places.some(place => place.includes(secret))
        })
        .map(({ resource }) => resource.id.replace(/Policy.*/, ''))
    const rotations = {
      signing: 'rotatesigningkeys',
      pepper: 'rotatepepper',
      origin: 'rotateorigin',
      recordkeys: 'rotaterecordkeys',
    }
    for (const [secret, rotation] of Object.entries(rotations)) {
      expect(holders('secretsmanager:PutSecretValue', `Secret${secret}`)).toEqual([rotation, rotation])
    }
    expect(holders('secretsmanager:PutSecretValue')).toHaveLength(8)
    expect(holders('secretsmanager:UpdateSecretVersionStage')).toHaveLength(6)
    expect(new Set(holders('cloudfront:UpdateDistribution'))).toEqual(new Set(['rotateorigin']))
    expect(holders('secretsmanager:GetSecretValue', 'Secretsigning').sort()).toEqual([
      'rotatesigningkeys',
      'rotatesigningkeys',
      'token',
      'token',
    ])
  })

  it('lets anything remove a function: only a version of one, which its ARN says by a colon', () => {
    const removing = statements.filter(({ actions: given }) => given.includes('lambda:DeleteFunction'))
    expect(removing.flatMap(({ resources: given }) => given)).toEqual([
      'arn:aws:lambda:us-east-1:{{AWS::AccountId}}:function:haven-production-*:*',
    ])
  })

  it('speaks of scans, batches of writes, PartiQL or tables as a whole', () => {
    const wideIn = (isDrill: boolean) =>
      statements
        .filter(({ effect, resource }) => effect === 'Allow' && (resource.stack === 'Drill') === isDrill)
        .flatMap(({ actions: given }) => given)
        .filter(action => /Scan|BatchWrite|PartiQL|Table$|TableToPointInTime|TableReplica/.test(action))
    // To describe a table tells nothing of what is in it: AWS Backup asks for it.
    expect(wideIn(false)).toEqual(['dynamodb:DescribeTable'])
    // The drill reads the tables whole and does the rest to its copies: `drill/stack.test.ts` holds it to that.
    expect(wideIn(true)).toContain('dynamodb:Scan')
  })
})
