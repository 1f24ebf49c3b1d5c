import { describe, expect, it } from 'vitest'
import { nameOf, type Resource, resources, statementsOf } from './cloud.ts'

/** Every policy document of the cloud, wherever it stands. */
const documents = resources.flatMap(resource =>
  documentsIn(resource.properties).map(document => ({ resource, document })),
)

function documentsIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if ('Statement' in value && Array.isArray(value.Statement)) return [value]
  return Object.values(value).flatMap(documentsIn)
}

const statements = documents.flatMap(({ resource, document }) =>
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
  { type: 'AWS::SQS::QueuePolicy', action: /^sqs:\*$/, because: 'a denial: everything without TLS' },
  { type: 'AWS::S3::BucketPolicy', action: /^s3:\*$/, because: 'a denial: everything without TLS' },
]
const places: { type: string; resource: RegExp; because: string }[] = [
  { type: 'AWS::KMS::Key', resource: /^\*$/, because: 'a key policy is about its own key' },
  {
    type: 'AWS::IAM::ManagedPolicy',
    resource: /:log-group:\/haven\/dev\/[a-z]+\.[a-z-]+:log-stream:\*$/,
    because: 'streams of its own group, which the service names',
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    resource: /^arn:aws:chime:us-east-1:\{\{AWS::AccountId\}\}:meeting\/\*$/,
    because: 'meetings of this account, whose ids the service makes',
  },
  {
    type: 'AWS::S3::BucketPolicy',
    resource: /^\{Data\/Archive\w*\.Arn\}\/\*$/,
    because: 'objects of its own bucket',
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    resource: /^\{Data\/Archive\w*\.Arn\}\/\*$/,
    because: 'objects of the archive, named by the hashes of what is in them',
  },
]

/** A meeting that does not exist yet has no name, and a list of streams is of all of them. */
const nameless = ['chime:CreateMeeting', 'dynamodb:ListStreams']

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
        const listed = places.find(each => each.type === resource.type && each.resource.test(place))
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
    for (const { resource, principal } of statements.filter(each => each.resource.type === 'AWS::KMS::Key')) {
      const { AWS, Service } = principal as { AWS?: unknown; Service?: string }
      if (AWS) expect(nameOf(AWS, resource.stack)).toBe('arn:{{AWS::Partition}}:iam::{{AWS::AccountId}}:root')
      else expect(Service).toMatch(/^(logs\.us-east-1|cloudwatch)\.amazonaws\.com$/)
    }
  })

  it('lets anything but the rotation replace a secret, or anything but it and the signer read the signing keys', () => {
    const holders = (action: string, secret = '') =>
      statements
        .filter(({ actions: given, resources: places, resource }) => {
          const isPolicy = resource.type === 'AWS::IAM::ManagedPolicy'
          return isPolicy && given.includes(action) && places.some(place => place.includes(secret))
        })
        .map(({ resource }) => resource.id.replace(/Policy.*/, ''))
    expect(holders('secretsmanager:PutSecretValue')).toEqual(['rotatesigningkeys'])
    expect(holders('secretsmanager:GetSecretValue', 'Secretsigning').sort()).toEqual(['rotatesigningkeys', 'token'])
  })

  it('speaks of scans, batches of writes, PartiQL or tables as a whole', () => {
    const all = statements.filter(({ effect }) => effect === 'Allow').flatMap(({ actions: given }) => given)
    expect(all.filter(action => /Scan|BatchWrite|PartiQL|Table$|TableReplica/.test(action))).toEqual([])
  })
})
