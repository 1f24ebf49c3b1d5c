import { CfnOutput, Duration, Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { BackupVault } from 'aws-cdk-lib/aws-backup'
import {
  AccountRootPrincipal,
  ManagedPolicy,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam'
import { CfnReplicaKey, Key } from 'aws-cdk-lib/aws-kms'
import { Bucket, type CfnBucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { BucketName, KeyName, SignerName } from '../shared/kernel/port.ts'
import { accessLogs, logAccess, replication } from './access-logs.ts'
import { bucketsOf } from './buckets.ts'
import type { Configuration } from './configuration.ts'
import { acknowledge, wildcard } from './gates.ts'
import { sensitiveRoles, usedByNobodyBut } from './sensitive.ts'

/** For how long a copy is kept: as long as point-in-time recovery reaches, and as the page of privacy promises. */
export const kept = Duration.days(35)

/** A vault that nobody empties before its time: after three days not even the account's root can change that. */
export function lockedVault(scope: Construct, name: string): BackupVault {
  const key = new Key(scope, 'Key', {
    description: `Copies in the vault ${name}`,
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
  })
  return new BackupVault(scope, 'Vault', {
    backupVaultName: name,
    encryptionKey: key,
    lockConfiguration: { minRetention: kept, maxRetention: Duration.days(36), changeableFor: Duration.days(3) },
    removalPolicy: RemovalPolicy.RETAIN,
  })
}

export const copiesVault = (stage: string): string => `haven-${stage}-copies`

/** What of the copies' stack is named in the home region. */
export interface Copies {
  region: string
  keyArn: string
  bucketArns: Record<BucketName, string>
}

/** The copies of a stage as its home region knows them; none where no region for them is named. */
export function copiesOf({ stage, copyRegion }: Configuration): Copies | undefined {
  if (!copyRegion) return undefined
  const output = (name: string) => Fn.getStackOutput(`Haven-${stage}-Copies`, name, copyRegion)
  return {
    region: copyRegion,
    keyArn: output('KeyArn'),
    bucketArns: { archive: output('ArchiveArn'), records: output('RecordsArn') },
  }
}

type CopiesProps = StackProps & { configuration: Configuration }

/** What lies in another region, for the day on which the home region is gone: the vault, a key, and the buckets that others are copied to. */
export class CopiesStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, ...props }: CopiesProps) {
    super(scope, id, props)
    lockedVault(this, copiesVault(configuration.stage))
    const key = new Key(this, 'CopiesKey', {
      description: 'Replicas of tables, secrets and buckets',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    new CfnOutput(this, 'KeyArn', { value: key.keyArn })
    const logs = accessLogs(this, configuration)
    for (const [name, properties] of Object.entries(bucketsOf(key))) {
      const bucket = new Bucket(this, name, properties)
      logAccess(bucket, logs.bucketName, name.toLowerCase())
      acknowledge(
        bucket,
        'It is the copy of a bucket of the home region itself: a third one would guard against the loss of two regions at once.',
        ...replication,
      )
      new CfnOutput(this, `${name}Arn`, { value: bucket.bucketArn })
    }
  }
}

/** The keys of the home region that seal by themselves, as keys of the other region: what they have sealed opens there too. */
export class StandbyKeysStack extends Stack {
  constructor(scope: Construct, id: string, { configuration, ...props }: CopiesProps) {
    super(scope, id, props)
    const { stage, region } = configuration
    for (const name of standbyKeys) {
      const roles = sensitiveRoles[name as keyof typeof sensitiveRoles] as readonly string[] | undefined
      new CfnReplicaKey(this, keyOutput(name), {
        description: `Replica of ${name}`,
        primaryKeyArn: Fn.getStackOutput(`Haven-${stage}-Data`, keyOutput(name), region),
        keyPolicy: new PolicyDocument({
          statements: [
            new PolicyStatement({ principals: [new AccountRootPrincipal()], actions: ['kms:*'], resources: ['*'] }),
            ...(roles ? [usedByNobodyBut(this, stage, roles)] : []),
          ],
        }),
      }).applyRemovalPolicy(RemovalPolicy.RETAIN)
    }
  }
}

const standbyKeys: readonly (KeyName | SignerName)[] = ['factors', 'psychotherapy', 'substance-use', 'seal']

/** Under this name a key's ARN is put out in the home region. */
const keyOutput = (name: KeyName | SignerName): string => `Standby${name.replaceAll('-', '')}`

/** Puts the ARNs of these keys out, so that the other region can make them its own. */
export function announceKeys(scope: Stack, keys: Record<KeyName | SignerName, Key>): void {
  for (const name of standbyKeys) new CfnOutput(scope, keyOutput(name), { value: keys[name].keyArn })
}

/** Copies what is put into these buckets into those of the other region. What is removed here stays there until its own time. */
export function copyBuckets(
  scope: Stack,
  stage: string,
  buckets: Record<BucketName, Bucket>,
  key: Key,
  { region, keyArn, bucketArns }: Copies,
): void {
  const role = new Role(scope, 'CopyRole', {
    roleName: `haven-${stage}-copy`,
    description: 'S3 copies what is put into the buckets',
    assumedBy: new ServicePrincipal('s3.amazonaws.com'),
  })
  const via = (of: string) => ({ StringEquals: { 'kms:ViaService': `s3.${of}.amazonaws.com` } })
  const statements = [
    new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn], conditions: via(scope.region) }),
    new PolicyStatement({
      actions: ['kms:Encrypt', 'kms:GenerateDataKey'],
      resources: [keyArn],
      conditions: via(region),
    }),
  ]
  for (const [name, bucket] of Object.entries(buckets) as [BucketName, Bucket][]) {
    statements.push(
      new PolicyStatement({
        actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
        resources: [bucket.bucketArn],
      }),
      new PolicyStatement({
        actions: [
          's3:GetObjectVersionForReplication',
          's3:GetObjectVersionAcl',
          's3:GetObjectVersionTagging',
          's3:GetObjectRetention',
          's3:GetObjectLegalHold',
        ],
        resources: [bucket.arnForObjects('*')],
      }),
      new PolicyStatement({
        actions: ['s3:ReplicateObject', 's3:ReplicateTags'],
        resources: [`${bucketArns[name]}/*`],
      }),
    )
    const { defaultChild } = bucket.node
    ;(defaultChild as CfnBucket).replicationConfiguration = {
      role: role.roleArn,
      rules: [
        {
          id: 'all',
          status: 'Enabled',
          priority: 1,
          filter: { prefix: '' },
          deleteMarkerReplication: { status: 'Disabled' },
          sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: 'Enabled' } },
          destination: { bucket: bucketArns[name], encryptionConfiguration: { replicaKmsKeyId: keyArn } },
        },
      ],
    }
  }
  const policy = new ManagedPolicy(scope, 'CopyPolicy', { roles: [role], statements })
  for (const name of ['Archive', 'Records']) {
    for (const bucket of [`${name}.Arn`, `${name}Arn`]) {
      acknowledge(
        policy,
        'All that is put into the bucket is copied into its copy, whatever it is named: read here, added there, and removed in neither.',
        wildcard(`<${bucket}>/*`),
      )
    }
  }
}
