import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, ObjectOwnership } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import type { Configuration } from './configuration.ts'
import { acknowledge } from './gates.ts'

/** The finding that a bucket is not copied to another region. */
export const replication = ['HIPAA.Security', 'NIST.800.53.R5', 'PCI.DSS.321'].map(
  pack => `${pack}-S3BucketReplicationEnabled`,
)

/** Where S3 writes who reached the other buckets: it can write only with its own key, and only to a bucket without a lock. */
export function accessLogs(scope: Construct, { logDays }: Configuration): Bucket {
  const bucket = new Bucket(scope, 'AccessLogs', {
    versioned: true,
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(logDays), noncurrentVersionExpiration: Duration.days(7) }],
    removalPolicy: RemovalPolicy.RETAIN,
  })
  bucket.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
      actions: ['s3:PutObject'],
      resources: [bucket.arnForObjects('*')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  )
  acknowledge(
    bucket,
    'S3 delivers access logs only to a bucket that is encrypted with the key of S3 itself. They name objects by hashes and hold nothing of anybody.',
    'HIPAA.Security-S3DefaultEncryptionKMS',
    'NIST.800.53.R5-S3DefaultEncryptionKMS',
    'PCI.DSS.321-S3DefaultEncryptionKMS',
  )
  acknowledge(
    bucket,
    'Logs of accesses, which end by themselves: no record, and nothing to recover from them.',
    ...replication,
  )
  return bucket
}

/** S3 itself writes who reached a bucket. By name, so that a bucket of another stack can log here too. */
export function logAccess(bucket: Bucket, destinationBucketName: string, prefix: string): void {
  const { defaultChild } = bucket.node
  ;(defaultChild as CfnBucket).loggingConfiguration = { destinationBucketName, logFilePrefix: `${prefix}/` }
}
