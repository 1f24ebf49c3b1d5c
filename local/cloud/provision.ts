import { randomBytes } from 'node:crypto'
import { AwsError, callJson } from '../aws/json.ts'
import { type Messaging, queueUrl } from '../aws/messaging.ts'
import { createTables } from '../dynamodb/tables.ts'
import type { Checkpoint } from '../events/checkpoint.ts'
import type { Model } from '../template/model.ts'
import type { Identities, Resource } from '../template/resolve.ts'

export interface ProvisionOptions {
  model: Model
  /** The local AWS endpoint. */
  awsUrl: string
  dynamoUrl: string
  messaging: Messaging
  /** Whether a service of this SigV4 name runs. What it would hold is left out otherwise. */
  has(service: string): boolean
  secrets: Record<string, string>
  /** The identities of earlier runs: a key that was made once is found again by them. */
  identities: Checkpoint<Identities>
}

/**
 * Makes the resources of a model that keep data (tables, queues, topics, buckets, keys, secrets), or finds those of an
 * earlier run, and gives the names that the services gave them.
 */
export async function provision(options: ProvisionOptions): Promise<Identities> {
  const { model, awsUrl, messaging } = options
  const identities: Identities = { ...options.identities.read() }
  const keep = (resource: Resource, ref: string, attributes: Record<string, string>) => {
    identities[pathOf(resource)] = { ref, attributes }
  }

  await makeTables(options, keep)
  for (const queue of byDependence(model.ofType('AWS::SQS::Queue'))) {
    const name = queue.attributes.QueueName!
    await messaging.ensureQueue(name, queueAttributes(queue.properties))
    keep(queue, queueUrl(awsUrl, name), queue.attributes)
  }
  for (const topic of model.ofType('AWS::SNS::Topic')) {
    messaging.ensureTopic(topic.attributes.TopicName!, subscribedQueues(model, topic.ref))
  }
  for (const bucket of model.ofType('AWS::S3::Bucket')) {
    messaging.ensureBucket(bucket.ref, bucket.properties.ObjectLockEnabled === true)
  }
  for (const key of options.has('kms') ? model.ofType('AWS::KMS::Key') : []) {
    const arn = await makeKey(awsUrl, key, identities[pathOf(key)]?.attributes?.Arn, aliasesOf(model, key))
    keep(key, arn.split('/')[1]!, { Arn: arn, KeyId: arn.split('/')[1]! })
  }
  for (const secret of options.has('secretsmanager') ? model.ofType('AWS::SecretsManager::Secret') : []) {
    const arn = await makeSecret(awsUrl, secret, options.secrets)
    keep(secret, arn, { Id: arn })
  }
  options.identities.write(identities)
  return identities
}

/** Tells the secrets by which functions they are turned: known once the secrets have their names. Nothing is turned by that. */
export async function provisionRotations(awsUrl: string, model: Model): Promise<void> {
  for (const { properties } of model.ofType('AWS::SecretsManager::RotationSchedule')) {
    const { SecretId, RotationLambdaARN, RotationRules } = properties
    const turns = { SecretId, RotationLambdaARN, RotationRules, RotateImmediately: false }
    await callJson(awsUrl, 'secretsmanager.RotateSecret', turns)
  }
}

type Keep = (resource: Resource, ref: string, attributes: Record<string, string>) => void

const pathOf = ({ stack, id }: Resource) => `${stack.name}/${id}`

async function makeTables({ model, awsUrl, dynamoUrl }: ProvisionOptions, keep: Keep) {
  const tables = [...model.ofType('AWS::DynamoDB::GlobalTable'), ...model.ofType('AWS::DynamoDB::Table')]
  for (const table of tables) {
    const properties = { ...table.properties, TableName: table.ref }
    await createTables(dynamoUrl, [{ Resources: { [table.id]: { Type: table.type, Properties: properties } } }])
    const { Table } = await callJson<{ Table: { LatestStreamArn?: string } }>(
      awsUrl,
      'DynamoDB_20120810.DescribeTable',
      {
        TableName: table.ref,
      },
    )
    const stream = Table.LatestStreamArn ?? table.attributes.StreamArn!
    keep(table, table.ref, { ...table.attributes, StreamArn: stream })
  }
}

/** Dead-letter queues first, because a queue must not name one that does not exist. */
function byDependence(queues: Resource[]): Resource[] {
  return [...queues].sort((a, b) => Number('RedrivePolicy' in a.properties) - Number('RedrivePolicy' in b.properties))
}

function queueAttributes(properties: Record<string, unknown>): Record<string, string> {
  const { QueueName: _, Tags: __, RedriveAllowPolicy: ___, KmsMasterKeyId: ____, ...rest } = properties
  return Object.fromEntries(
    Object.entries(rest)
      .filter(([name]) => !/^(Sqs|Kms)/.test(name))
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  )
}

function subscribedQueues(model: Model, topicArn: string): string[] {
  return model
    .ofType('AWS::SNS::Subscription')
    .filter(({ properties }) => properties.TopicArn === topicArn && properties.Protocol === 'sqs')
    .map(({ properties }) => String(properties.Endpoint).split(':').at(-1)!)
}

function aliasesOf(model: Model, key: Resource): string[] {
  const names = [key.ref, key.attributes.Arn]
  return model
    .ofType('AWS::KMS::Alias')
    .filter(({ properties }) => names.includes(String(properties.TargetKeyId)))
    .map(({ properties }) => String(properties.AliasName))
}

async function makeKey(awsUrl: string, key: Resource, known: string | undefined, aliases: string[]): Promise<string> {
  const call = <Answer>(operation: string, input: object) =>
    callJson<Answer>(awsUrl, `TrentService.${operation}`, input)
  const describe = (KeyId: string) =>
    call<{ KeyMetadata: { Arn: string } }>('DescribeKey', { KeyId }).then(({ KeyMetadata }) => KeyMetadata.Arn, missing)
  const found = known && (await describe(known))
  const { KeySpec, KeyUsage, Description, MultiRegion } = key.properties
  const create = () =>
    call<{ KeyMetadata: { Arn: string } }>('CreateKey', { KeySpec, KeyUsage, Description, MultiRegion })
  const arn = found || (await create()).KeyMetadata.Arn
  for (const AliasName of aliases) {
    if (!(await describe(AliasName))) await call('CreateAlias', { AliasName, TargetKeyId: arn })
  }
  return arn
}

async function makeSecret(awsUrl: string, secret: Resource, given: Record<string, string>): Promise<string> {
  const Name = String(secret.properties.Name ?? `${secret.stack.name}-${secret.id}`)
  const call = (operation: string, input: object) =>
    callJson<{ ARN: string; SecretString?: string }>(awsUrl, `secretsmanager.${operation}`, input)
  const known = await call('GetSecretValue', { SecretId: Name }).catch(missing)
  const SecretString = given[Name]
  if (!known)
    return (await call('CreateSecret', { Name, SecretString: SecretString ?? firstValue(secret.properties) })).ARN
  // A generated value is never replaced: data may be hashed or encrypted with it.
  if (SecretString !== undefined && SecretString !== known.SecretString) {
    await call('PutSecretValue', { SecretId: Name, SecretString })
  }
  return known.ARN
}

function missing(cause: unknown): undefined {
  if (!(cause instanceof AwsError && /NotFound/.test(cause.name))) throw cause
}

/** The value that CloudFormation would give a new secret: the template's, or one that it generates. */
function firstValue({ SecretString, GenerateSecretString }: Record<string, unknown>): string {
  if (typeof SecretString === 'string') return SecretString
  const { PasswordLength, SecretStringTemplate, GenerateStringKey, ExcludeCharacters, ...rules } =
    (GenerateSecretString ?? {}) as Record<string, unknown>
  const kinds = [
    rules.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    rules.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    rules.ExcludeNumbers ? '' : '0123456789',
    rules.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    rules.IncludeSpace ? ' ' : '',
  ]
  const letters = [...kinds.join('')].filter(letter => !String(ExcludeCharacters ?? '').includes(letter))
  const value = Array.from(randomBytes(Number(PasswordLength ?? 32) * 2))
    .filter(byte => byte < 256 - (256 % letters.length))
    .slice(0, Number(PasswordLength ?? 32))
    .map(byte => letters[byte % letters.length])
    .join('')
  if (typeof SecretStringTemplate !== 'string') return value
  return JSON.stringify({ ...(JSON.parse(SecretStringTemplate) as object), [String(GenerateStringKey)]: value })
}
