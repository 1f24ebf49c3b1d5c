import { Stack } from 'aws-cdk-lib'
import { Effect, type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import {
  type BucketName,
  type ChimeVerb,
  type Grant,
  type IndexName,
  keySubject,
  keyVariable,
  type SecretName,
  secretVariable,
  settingVariable,
  type TableVerb,
  type Uses,
} from '../shared/kernel/port.ts'
import type { Configuration } from './configuration.ts'
import type { DataStack } from './data.ts'

const actionsOf: Record<TableVerb, readonly string[]> = {
  get: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
  query: ['dynamodb:Query'],
  put: ['dynamodb:PutItem'],
  update: ['dynamodb:UpdateItem'],
  delete: ['dynamodb:DeleteItem'],
  check: ['dynamodb:ConditionCheckItem'],
}

const actionsOfSecret = {
  describe: ['DescribeSecret'],
  read: ['GetSecretValue'],
  replace: ['GetSecretValue', 'PutSecretValue'],
  rotate: ['GetSecretValue', 'PutSecretValue', 'DescribeSecret', 'UpdateSecretVersionStage'],
} as const

const actionsOfKeys = { read: actionsOf.get, make: actionsOf.put, destroy: actionsOf.delete } as const

const keysLike = (keys: readonly string[]) => ({
  'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': keys },
  // Without this a call that names no key at all would pass the line above.
  Null: { 'dynamodb:LeadingKeys': 'false' },
})

/** Why objects are named by what they begin with. */
const whyAllObjects: Record<BucketName, string> = {
  archive: 'Objects of the audit archive are named by the hashes of what is in them, which nobody knows beforehand.',
  records: 'A file is named by its practice and by the request that made it.',
}

/** A function's rights and surroundings, both from what its ports declare and from nothing else. */
export function accessOf(
  uses: readonly Uses[],
  data: DataStack,
  configuration: Configuration,
  distributionId?: string,
): { statements: PolicyStatement[]; environment: Record<string, string>; wildcards: Wildcard[] } {
  const grants = uses.flatMap(use => Object.values(use)).flatMap(({ grants }) => grants)
  const statements: PolicyStatement[] = []
  const environment: Record<string, string> = {}
  const wildcards: Wildcard[] = []
  const may = (actions: readonly string[], resources: readonly string[], conditions?: Record<string, unknown>) =>
    statements.push(
      new PolicyStatement({ actions: [...actions], resources: [...resources], ...(conditions && { conditions }) }),
    )
  const { region } = Stack.of(data)

  const tableGrants = tableRights(grants)
  if (tableGrants.length > 0) {
    environment.TABLE_NAME = data.table.tableName
    for (const { actions, keys, index } of tableGrants) {
      const resource = index ? `${data.table.tableArn}/index/${index}` : data.table.tableArn
      may(actions, [resource], keysLike(keys))
    }
    statements.push(trailIsOnlyAddedTo(data.table.tableArn))
    may(
      ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:DescribeKey'],
      [data.dataKey.keyArn],
      { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
    )
  }

  const keyVerbs = new Set(grants.flatMap(grant => ('recordKeys' in grant ? grant.recordKeys : [])))
  if (keyVerbs.size > 0) {
    environment.KEYS_TABLE_NAME = data.recordKeys.tableName
    may(
      [...keyVerbs].flatMap(verb => actionsOfKeys[verb]),
      [data.recordKeys.tableArn],
      keysLike(['KEY#*']),
    )
  }

  const viaKey = new Set<string>()
  for (const [name, verbs] of secretVerbs(grants)) {
    const { secretArn } = data.secrets[name]
    environment[secretVariable(name)] = secretArn
    may(
      [...new Set([...verbs].flatMap(verb => actionsOfSecret[verb]))].map(action => `secretsmanager:${action}`),
      [secretArn],
    )
    if (verbs.has('read')) viaKey.add('kms:Decrypt')
    if (verbs.has('replace') || verbs.has('rotate')) viaKey.add('kms:Decrypt').add('kms:GenerateDataKey')
  }
  if (viaKey.size > 0) {
    may([...viaKey], [data.dataKey.keyArn], {
      StringEquals: { 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` },
    })
  }

  for (const grant of grants) {
    if ('key' in grant) {
      const key = data.keys[grant.key]
      environment[keyVariable(grant.key)] = key.keyArn
      may(
        grant.may.map(verb => (verb === 'encrypt' ? 'kms:Encrypt' : 'kms:Decrypt')),
        [key.keyArn],
        { Null: { [`kms:EncryptionContext:${keySubject[grant.key]}`]: 'false' } },
      )
    }
    if ('signer' in grant) {
      const key = data.signers[grant.signer]
      environment[`SIGNER_${grant.signer.toUpperCase()}`] = key.keyArn
      may(
        grant.may.map(verb => (verb === 'sign' ? 'kms:Sign' : 'kms:GetPublicKey')),
        [key.keyArn],
      )
    }
    if ('bucket' in grant) {
      const bucket = data.buckets[grant.bucket]
      environment[`BUCKET_${grant.bucket.toUpperCase()}`] = bucket.bucketName
      may(
        grant.may.map(verb => (verb === 'put' ? 's3:PutObject' : 's3:GetObject')),
        [bucket.arnForObjects(`${grant.under ?? ''}*`)],
      )
      wildcards.push({
        resource: `<${grant.bucket === 'archive' ? 'Archive' : 'Records'}.Arn>/${grant.under ?? ''}*`,
        because: whyAllObjects[grant.bucket],
      })
      // To whoever may not list, S3 says of a missing object what it says of a forbidden one.
      if (grant.may.includes('get')) may(['s3:ListBucket'], [bucket.bucketArn])
      may(['kms:Decrypt', 'kms:GenerateDataKey'], [data.dataKey.keyArn], {
        StringEquals: { 'kms:ViaService': `s3.${region}.amazonaws.com` },
      })
    }
    if ('queue' in grant) {
      const queue = data.queues[grant.queue]
      environment[`QUEUE_${grant.queue.toUpperCase()}`] = queue.queueUrl
      may(['sqs:SendMessage'], [queue.queueArn])
      statements.push(mayUseKeyOfQueues(data, 'kms:Decrypt', 'kms:GenerateDataKey'))
    }
    if ('setting' in grant && data.settings[grant.setting]) {
      environment[settingVariable(grant.setting)] = data.settings[grant.setting]
    }
    if ('edge' in grant && distributionId) {
      environment.DISTRIBUTION_ID = distributionId
      may(
        ['cloudfront:GetDistributionConfig', 'cloudfront:UpdateDistribution'],
        [`arn:aws:cloudfront::${data.account}:distribution/${distributionId}`],
      )
    }
    if ('mail' in grant) {
      const { mailFrom } = configuration
      const identity = mailFrom.slice(mailFrom.indexOf('@') + 1)
      environment.MAIL_FROM = mailFrom
      may(['ses:SendEmail'], [`arn:aws:ses:${data.region}:${data.account}:identity/${identity}`], {
        StringEquals: { 'ses:FromAddress': mailFrom },
      })
    }
    if ('sms' in grant) {
      const { smsFrom } = configuration
      const kind = smsFrom.startsWith('pool-') ? 'pool' : 'phone-number'
      environment.SMS_FROM = smsFrom
      may(['sms-voice:SendTextMessage'], [`arn:aws:sms-voice:${data.region}:${data.account}:${kind}/${smsFrom}`])
    }
    if ('chime' in grant) {
      for (const verb of grant.chime) may([`chime:${verb}`], [chimeResource(verb, data)])
      wildcards.push(...chimeWildcards(grant.chime, data))
    }
  }
  return { statements, environment, wildcards }
}

/** A resource of a policy that is not one named thing, as the gates call it, and why it cannot be. */
export interface Wildcard {
  resource: string
  because: string
}

/** Messages are encrypted with the key of the data: to send one takes both verbs, to receive one the first. */
export const mayUseKeyOfQueues = (data: DataStack, ...actions: string[]): PolicyStatement =>
  new PolicyStatement({
    actions,
    resources: [data.dataKey.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `sqs.${Stack.of(data).region}.amazonaws.com` } },
  })

/**
 * What is in the audit trail stays as it is, whatever else a policy may come to say. A put can still replace an item, since IAM
 * cannot demand a condition: the chain of records and the archive show that (see docs/audit.md).
 */
export const trailIsOnlyAddedTo = (tableArn: string, principals?: IPrincipal[]): PolicyStatement =>
  new PolicyStatement({
    effect: Effect.DENY,
    ...(principals && { principals }),
    actions: [
      'dynamodb:UpdateItem',
      'dynamodb:DeleteItem',
      'dynamodb:BatchWriteItem',
      'dynamodb:PartiQLUpdate',
      'dynamodb:PartiQLDelete',
      'dynamodb:PartiQLInsert',
    ],
    resources: [tableArn],
    conditions: { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['AUDIT#*'] } },
  })

/** A meeting that does not exist yet has no ARN; one that does is of this account, and its id is the service's own. */
const chimeResource = (verb: ChimeVerb, data: DataStack): string =>
  verb === 'CreateMeeting' ? '*' : `arn:aws:chime:${data.region}:${data.account}:meeting/*`

const chimeWildcards = (verbs: readonly ChimeVerb[], data: DataStack): Wildcard[] => [
  ...(verbs.includes('CreateMeeting')
    ? [
        {
          resource: '*',
          because: 'A meeting that does not exist yet has no ARN, and chime:CreateMeeting knows no other resource.',
        },
      ]
    : []),
  ...(verbs.some(verb => verb !== 'CreateMeeting')
    ? [
        {
          resource: `arn:aws:chime:${data.region}:<AWS::AccountId>:meeting/*`,
          because:
            'Meetings of this account alone. The service makes their ids when they begin, so that no policy can name them before.',
        },
      ]
    : []),
]

/** What is done with each secret, by all ports together. */
function secretVerbs(grants: readonly Grant[]): Map<SecretName, Set<keyof typeof actionsOfSecret>> {
  const verbs = new Map<SecretName, Set<keyof typeof actionsOfSecret>>()
  for (const grant of grants) {
    if (!('secret' in grant)) continue
    verbs.set(grant.secret, new Set([...(verbs.get(grant.secret) ?? []), grant.may ?? 'read']))
  }
  return verbs
}

/**
 * One statement for each set of keys: a read of several items at once passes only a statement that names all their keys, so
 * the keys of all ports that may do the same are joined before verbs with equal keys are.
 */
function tableRights(grants: readonly Grant[]): { actions: string[]; keys: string[]; index?: IndexName }[] {
  const keysOf = new Map<string, Set<string>>()
  for (const grant of grants) {
    if (!('table' in grant)) continue
    for (const verb of grant.table) {
      for (const index of grant.index ?? ['']) {
        const at = `${index}:${verb}`
        keysOf.set(at, new Set([...(keysOf.get(at) ?? []), ...grant.keys]))
      }
    }
  }
  const rights = new Map<string, { actions: string[]; keys: string[]; index?: IndexName }>()
  for (const [at, keys] of [...keysOf].sort()) {
    const [index, verb] = at.split(':') as [IndexName | '', TableVerb]
    const sorted = [...keys].sort()
    const same = `${index}:${sorted.join()}`
    const right = rights.get(same) ?? { actions: [], keys: sorted, ...(index && { index }) }
    right.actions.push(...actionsOf[verb])
    rights.set(same, right)
  }
  return [...rights.values()]
}
