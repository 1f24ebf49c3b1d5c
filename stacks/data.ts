import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AttributeType, Billing, StreamViewType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms'
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
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
import type { Configuration } from './configuration.ts'
import { trailIsOnlyAddedTo } from './policy.ts'

/** Everything that is worth keeping: the table, its keys, the secrets and the queues. */
export class DataStack extends Stack {
  readonly table: TableV2
  readonly dataKey: Key
  readonly logsKey: Key
  readonly keys: Record<KeyName, Key>
  readonly signers: Record<SignerName, Key>
  readonly buckets: Record<BucketName, Bucket>
  readonly secrets: Record<SecretName, Secret>
  readonly queues: Record<QueueName, Queue>
  readonly deadLetters: Queue
  /** Empty where the deploy was told nothing. */
  readonly settings: Record<SettingName, string>

  constructor(scope: Construct, id: string, props: StackProps & { configuration: Configuration }) {
    super(scope, id, props)
    const { stage, origin, breachRange = '' } = props.configuration
    this.settings = { origin, 'breach-range': breachRange }
    const key = (name: string, description: string) =>
      new Key(this, name, { description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN })

    this.dataKey = key('DataKey', 'Table and secrets')
    this.logsKey = key('LogsKey', 'Log groups and alarm topic')
    this.logsKey.addToResourcePolicy(logServiceMayUse(this))
    this.keys = { factors: key('FactorsKey', 'Seeds of second factors') }

    this.signers = {
      seal: new Key(this, 'SealKey', {
        description: 'Signs the manifests of the audit archive',
        keySpec: KeySpec.ECC_NIST_P256,
        keyUsage: KeyUsage.SIGN_VERIFY,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    }
    this.buckets = {
      archive: new Bucket(this, 'Archive', {
        versioned: true,
        objectLockEnabled: true,
        // Six years and a day of leap each (45 CFR 164.316(b)(2)(i)): not even the account's root can shorten it.
        objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(2_192)),
        encryption: BucketEncryption.KMS,
        encryptionKey: this.dataKey,
        bucketKeyEnabled: true,
        blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
        objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
        enforceSSL: true,
        removalPolicy: RemovalPolicy.RETAIN,
      }),
    }

    this.table = new TableV2(this, 'Table', {
      tableName: `haven-${stage}`,
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      globalSecondaryIndexes: (['gsi1', 'gsi2', 'gsi3'] satisfies IndexName[]).map(indexName => ({
        indexName,
        partitionKey: { name: `${indexName}pk`, type: AttributeType.STRING },
        sortKey: { name: `${indexName}sk`, type: AttributeType.STRING },
      })),
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(this.dataKey),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'ttl',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })

    this.table.addToResourcePolicy(trailIsOnlyAddedTo(this.table.tableArn, [new AnyPrincipal()]))

    const secret = (name: SecretName, description: string, length: number) =>
      new Secret(this, `Secret-${name}`, {
        secretName: `haven/${stage}/${name}`,
        description,
        encryptionKey: this.dataKey,
        generateSecretString: { passwordLength: length, excludePunctuation: true },
        removalPolicy: RemovalPolicy.RETAIN,
      })
    this.secrets = {
      pepper: secret('pepper', 'Pepper of the password hashes', 64),
      links: secret('links', 'Key of single-use links and codes', 64),
      signing: secret('signing', 'Signing keys of access tokens, as JSON: the rotation makes and replaces them', 64),
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

    this.deadLetters = new Queue(this, 'DeadLetters', {
      queueName: `haven-${stage}-dead-letters`,
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    })
    this.queues = {
      claims: new Queue(this, 'Claims', {
        queueName: `haven-${stage}-claims`,
        // Longer than the lease of a submission, so that a message that comes again finds it free.
        visibilityTimeout: Duration.seconds(40),
        encryption: QueueEncryption.SQS_MANAGED,
        enforceSSL: true,
        deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 10 },
      }),
    }
  }
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
