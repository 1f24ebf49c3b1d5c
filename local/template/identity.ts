import { createHash } from 'node:crypto'
import { account, region } from '../aws/service.ts'

/** What a resource is called once it exists: the value of its `Ref`, and those of `Fn::GetAtt`. */
export interface Identity {
  ref: string
  attributes: Record<string, string>
}

type Properties = Record<string, unknown>

const arn = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`

/**
 * The identity that a resource of a template gets here. A name that the template leaves open is made of the stack and the
 * logical id, as CloudFormation does, but without its random end: a restart must find the same resource.
 */
export function identify(type: string, stack: string, id: string, properties: Properties): Identity {
  const name = (property: string) =>
    typeof properties[property] === 'string' ? properties[property] : `${stack}-${id}`
  const known = kinds[type]
  return known ? known(name, id, properties) : { ref: `${stack}-${id}`, attributes: {} }
}

type Kind = (name: (property: string) => string, id: string, properties: Properties) => Identity

const role: Kind = name => {
  const roleName = name('RoleName')
  return { ref: roleName, attributes: { Arn: `arn:aws:iam::${account}:role/${roleName}`, RoleId: roleName } }
}

const managedPolicy: Kind = name => {
  const policy = `arn:aws:iam::${account}:policy/${name('ManagedPolicyName')}`
  return { ref: policy, attributes: { PolicyArn: policy } }
}

const lambda: Kind = name => {
  const functionName = name('FunctionName')
  return { ref: functionName, attributes: { Arn: arn('lambda', `function:${functionName}`) } }
}

const table: Kind = name => {
  const tableName = name('TableName')
  const tableArn = arn('dynamodb', `table/${tableName}`)
  return { ref: tableName, attributes: { Arn: tableArn, StreamArn: `${tableArn}/stream/local`, TableId: tableName } }
}

const queue: Kind = name => {
  const queueName = name('QueueName')
  return {
    ref: `http://127.0.0.1/${account}/${queueName}`,
    attributes: { Arn: arn('sqs', queueName), QueueName: queueName },
  }
}

const topic: Kind = name => {
  const topicArn = arn('sns', name('TopicName'))
  return { ref: topicArn, attributes: { TopicArn: topicArn, TopicName: name('TopicName') } }
}

const bucket: Kind = name => {
  const bucketName = name('BucketName').toLowerCase()
  return { ref: bucketName, attributes: { Arn: `arn:aws:s3:::${bucketName}` } }
}

// Secrets Manager ends every ARN with six characters of its own, and CDK cuts a secret's name out of the ARN by them.
const secret: Kind = name => {
  const suffix = createHash('sha256').update(name('Name')).digest('hex').slice(0, 6)
  const secretArn = arn('secretsmanager', `secret:${name('Name')}-${suffix}`)
  return { ref: secretArn, attributes: { Id: secretArn } }
}

const key: Kind = name => {
  const hex = createHash('sha256').update(name('')).digest('hex')
  const keyId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
  return { ref: keyId, attributes: { Arn: arn('kms', `key/${keyId}`), KeyId: keyId } }
}

const version: Kind = (_, __, { FunctionName }) => {
  const versionArn = `${functionArn(String(FunctionName))}:1`
  return { ref: versionArn, attributes: { FunctionArn: versionArn, Version: '1' } }
}

const alias: Kind = (_, __, { FunctionName, Name }) => {
  const aliasArn = `${functionArn(String(FunctionName))}:${Name}`
  return { ref: aliasArn, attributes: { AliasArn: aliasArn } }
}

const api: Kind = (_, id) => {
  const apiId = createHash('sha256').update(id).digest('hex').slice(0, 10)
  return {
    ref: apiId,
    attributes: { ApiId: apiId, ApiEndpoint: `https://${apiId}.execute-api.${region}.amazonaws.com` },
  }
}

const kinds: Record<string, Kind> = {
  'AWS::ApiGatewayV2::Api': api,
  'AWS::ApiGatewayV2::Stage': (_, __, { StageName }) => ({ ref: String(StageName), attributes: {} }),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Role': role,
  'AWS::KMS::Alias': name => ({ ref: name('AliasName'), attributes: {} }),
  'AWS::KMS::Key': key,
  'AWS::Lambda::Alias': alias,
  'AWS::Lambda::Function': lambda,
  'AWS::Lambda::Version': version,
  'AWS::Events::Rule': name => ({ ref: name('Name'), attributes: { Arn: arn('events', `rule/${name('Name')}`) } }),
  'AWS::Scheduler::Schedule': name => ({
    ref: name('Name'),
    attributes: { Arn: arn('scheduler', `schedule/default/${name('Name')}`) },
  }),
  'AWS::S3::Bucket': bucket,
  'AWS::SNS::Topic': topic,
  'AWS::SQS::Queue': queue,
  'AWS::SSM::Parameter': (name, _, { Value }) => ({ ref: name('Name'), attributes: { Value: String(Value) } }),
  'AWS::SecretsManager::Secret': secret,
}

const functionArn = (nameOrArn: string) =>
  nameOrArn.startsWith('arn:') ? nameOrArn : arn('lambda', `function:${nameOrArn}`)
