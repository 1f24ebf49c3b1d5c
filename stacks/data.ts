import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type {
  BucketName,
  IndexName,
  KeyName,
  QueueName,
  SecretName,
  SettingName,
  SignerName,
} from '../shared/kernel/port.ts'
import { accessLogs, logAccess, replication } from './access-logs.ts'
import { bucketsOf } from './buckets.ts'
import type { Configuration } from './configuration.ts'
import { announceKeys, type Copies, copiesOf, copyBuckets } from './copies.ts'
import { acknowledge } from './gates.ts'
import { trailIsOnlyAddedTo } from './policy.ts'
import { rulesMaySend, rulesMayUse } from './rules.ts'
import { sensitiveRoles, usedByNobodyBut } from './sensitive.ts'

/** Everything that is worth keeping: the table, its keys, the secrets and the queues. */
export class DataStack extends Stack {
  readonly table: TableV2
  /** The keys of patients' records, apart from what they open. */
  readonly recordKeys: TableV2
  readonly dataKey: Key
  readonly logsKey: Key
  readonly keys: Record<KeyName, Key>
  readonly signers: Record<SignerName, Key>
  readonly buckets: Record<BucketName, Bucket>
  readonly accessLogs: Bucket
  readonly secrets: Record<SecretName, Secret>
  readonly queues: Record<QueueName, Queue>
  readonly deadLetters: Queue
  /** Empty where the deploy was told nothing. */
  readonly settings: Record<SettingName, string>

  constructor(scope: Construct, id: string, props: StackProps & { configuration: Configuration }) {
    super(scope, id, props)
    const { stage, origin, breachRange = '', tableReplica } = props.configuration
    this.settings = { origin, 'breach-range': breachRange }
    const key = (name: string, description: string, multiRegion = false) =>
      new Key(this, name, { description, multiRegion, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN })

    this.dataKey = key('DataKey', 'Table and secrets')
    this.logsKey = key('LogsKey', 'Log groups and alarm topic')
    this.logsKey.addToResourcePolicy(logServiceMayUse(this))
    this.dataKey.addToResourcePolicy(rulesMayUse(this))
    // What these seal must open in another region too: they can become keys of it, and no key can that was not made so.
    this.keys = {
      factors: key('FactorsKey', 'Seeds of second factors', true),
      psychotherapy: key('PsychotherapyKey', 'Psychotherapy notes', true),
      'substance-use': key('SubstanceUseKey', 'Substance-use notes', true),
    }
    for (const [name, roles] of Object.entries(sensitiveRoles)) {
      this.keys[name as KeyName].addToResourcePolicy(usedByNobodyBut(this, stage, roles))
    }

    this.signers = {
      seal: new Key(this, 'SealKey', {
        description: 'Signs the manifests of the audit archive',
        keySpec: KeySpec.ECC_NIST_P256,
        keyUsage: KeyUsage.SIGN_VERIFY,
        multiRegion: true,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    }
    this.accessLogs = accessLogs(this, props.configuration)
    const { Archive, Records } = bucketsOf(this.dataKey)
    this.buckets = { archive: new Bucket(this, 'Archive', Archive), records: new Bucket(this, 'Records', Records) }
    logAccess(this.buckets.archive, this.accessLogs.bucketName, 'archive')
    logAccess(this.buckets.records, this.accessLogs.bucketName, 'records')
    const copies = copiesOf(props.configuration)
    if (copies) {
      copyBuckets(this, stage, this.buckets, this.dataKey, copies)
      announceKeys(this, { ...this.keys, ...this.signers })
    } else {
      acknowledge(
        this.buckets.archive,
        'The operator has named no region for copies. The archive is the second copy of an audit trail whose first is the table; it is versioned and locked for six years, and S3 keeps it in three zones.',
        ...replication,
      )
      acknowledge(
        this.buckets.records,
        'The operator has named no region for copies. What lies here was made from the table, is asked for again with one request, and is deleted after a week.',
        ...replication,
      )
    }

    // By name: the policy is a part of the table, and CloudFormation refuses a part that refers to its whole.
    const onlyAddedTo = (region: string) =>
      trailIsOnlyAddedTo(
        this.formatArn({ region, service: 'dynamodb', resource: 'table', resourceName: `haven-${stage}` }),
        [new AnyPrincipal()],
      )
    this.table = new TableV2(this, 'Table', {
      tableName: `haven-${stage}`,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      globalSecondaryIndexes: (['gsi1', 'gsi2', 'gsi3'] satisfies IndexName[]).map(indexName => ({
        indexName,
        partitionKey: { name: `${indexName}pk`, type: AttributeType.STRING },
        sortKey: { name: `${indexName}sk`, type: AttributeType.STRING },
      })),
      // Other orders of a partition of audit records. A table gets them when it is made and never after.
      localSecondaryIndexes: (['lsi1', 'lsi2'] satisfies IndexName[]).map(indexName => ({
        indexName,
        sortKey: { name: `${indexName}sk`, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      })),
      billing: Billing.onDemand(),
      encryption: encryptedWith(this.dataKey, tableReplica === 'yes' ? copies : undefined),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      ...(tableReplica === 'yes' &&
        copies && {
          replicas: [
            {
              region: copies.region,
              pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
              deletionProtection: true,
              resourcePolicy: new PolicyDocument({ statements: [onlyAddedTo(copies.region)] }),
            },
          ],
        }),
      removalPolicy: RemovalPolicy.RETAIN,
    })
    this.table.addToResourcePolicy(onlyAddedTo(this.region))

    this.recordKeys = new TableV2(this, 'RecordKeys', {
      tableName: `haven-${stage}-keys`,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billing: Billing.onDemand(),
      encryption: encryptedWith(this.dataKey, copies),
      // A key that was destroyed must be gone: it can be brought back by a mistake's week and no longer, and lies in no backup.
      pointInTimeRecoverySpecification: oneWeek,
      deletionProtection: true,
      // Without it, what is sealed would be lost with the region, whatever else is copied.
      ...(copies && {
        replicas: [{ region: copies.region, pointInTimeRecoverySpecification: oneWeek, deletionProtection: true }],
      }),
      removalPolicy: RemovalPolicy.RETAIN,
    })

    const copiesKey = copies && Key.fromKeyArn(this, 'CopiesKey', copies.keyArn)
    const secret = (name: SecretName, description: string, length: number, inside?: { text: object; key: string }) =>
      new Secret(this, `Secret-${name}`, {
        secretName: `haven/${stage}/${name}`,
        description,
        encryptionKey: this.dataKey,
        ...(copies && { replicaRegions: [{ region: copies.region, encryptionKey: copiesKey }] }),
        generateSecretString: {
          passwordLength: length,
          excludePunctuation: true,
          ...(inside && { secretStringTemplate: JSON.stringify(inside.text), generateStringKey: inside.key }),
        },
        removalPolicy: RemovalPolicy.RETAIN,
      })
    this.secrets = {
      pepper: secret('pepper', 'Pepper of the password hashes', 64),
      links: secret('links', 'Key of single-use links and codes', 64),
      cursors: secret('cursors', 'Key that seals the cursors of lists', 64),
      captcha: secret('captcha', 'Provider of the CAPTCHA and its key, as JSON', 64, {
        text: { provider: 'altcha', maxNumber: 100_000 },
        key: 'key',
      }),
      origin: secret(
        'origin',
        'By which the edge proves itself: the present one, the one before and the next, as JSON',
        64,
        {
          text: { previous: '', next: '' },
          key: 'current',
        },
      ),
      signing: secret('signing', 'Signing keys of access tokens, as JSON: the rotation makes and replaces them', 64),
      'record-keys': secret('record-keys', 'Wraps the keys of patients’ records: lost, no record opens', 64),
      'identity-providers': secret(
        'identity-providers',
        'Identity providers and their client secrets, as JSON: none until it is set',
        32,
      ),
      clearinghouse: secret(
        'clearinghouse',
        'Account at the clearinghouse, as JSON: set it after the first deploy',
        32,
      ),
    }

    for (const [name, because] of Object.entries(whyNoSchedule)) {
      acknowledge(this.secrets[name as SecretName], because, ...rotation)
    }

    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: `haven-${stage}-dead-letters`,
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: this.dataKey,
      enforceSSL: true,
    })
    this.deadLetters.addToResourcePolicy(rulesMaySend(this, this.deadLetters.queueArn))
    acknowledge(
      this.deadLetters,
      'It is the end: what lies here is looked at by somebody, whom the alarm of dead letters calls.',
      'Serverless-SQSRedrivePolicy',
    )
    /** A message that comes again, after so many seconds, must find its work free: they are longer than its function may run. */
    const queue = (id: string, name: QueueName, seconds: number) =>
      new Queue(this, id, {
        queueName: `haven-${stage}-${name}`,
        visibilityTimeout: Duration.seconds(seconds),
        encryption: QueueEncryption.KMS,
        encryptionMasterKey: this.dataKey,
        enforceSSL: true,
        deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 10 },
      })
    this.queues = {
      // Longer than the lease of a submission too.
      claims: queue('Claims', 'claims', 40),
      reviews: queue('Reviews', 'reviews', 930),
      exports: queue('Exports', 'exports', 930),
      copies: queue('Copies', 'copies', 930),
    }
  }
}

const oneWeek = { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 7 }

const encryptedWith = (key: Key, copies: Copies | undefined): TableEncryptionV2 =>
  TableEncryptionV2.customerManagedKey(key, copies && { [copies.region]: copies.keyArn })

const rotation = [
  'AwsSolutions-SMG4',
  'HIPAA.Security-SecretsManagerRotationEnabled',
  'NIST.800.53.R5-SecretsManagerRotationEnabled',
]

const turned =
  'Secrets Manager turns it, by the schedule that stands in the stack of the function which does it. The rule looks for one in the stack of the secret alone; a test of ours looks in all.'

/** Why no schedule of Secrets Manager stands beside these. */
const whyNoSchedule: Record<SecretName, string> = {
  signing:
    'The worker maintenance.rotate-signing-keys turns it by a schedule of its own: a new key is published before it signs, and an old one until its last token has ended.',
  pepper: turned,
  links:
    'It signs links and codes that live for hours at most and each work once; a turn by the clock would break those that are out.',
  cursors:
    'It seals positions in lists, which give nothing that their list does not: a turn would break the pages that are open.',
  captcha:
    'It signs challenges that live for minutes, or is the key of an account at a provider, which that provider makes.',
  origin: turned,
  'record-keys': turned,
  'identity-providers': 'Its parts are made by other companies, each at its own console.',
  clearinghouse:
    'The clearinghouse makes it, at its own console, and tells when it changes: no function of ours could.',
}

/** CloudWatch Logs encrypts with the key on its own behalf, for log groups of this account alone. */
function logServiceMayUse(stack: Stack): PolicyStatement {
  return new PolicyStatement({
    principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
    actions: [
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      'kms:GenerateDataKey',
      'kms:DescribeKey',
    ],
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': stack.formatArn({ service: 'logs', resource: 'log-group:*' }),
      },
    },
  })
}
