import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { Key } from 'aws-cdk-lib/aws-kms'
import {
  BlockPublicAccess,
  BucketEncryption,
  type BucketProps,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3'

/** The buckets of records, where they are written and where they are copied to. */
export function bucketsOf(encryptionKey: Key) {
  const closed = {
    versioned: true,
    encryption: BucketEncryption.KMS,
    encryptionKey,
    bucketKeyEnabled: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
  } satisfies BucketProps
  return {
    Archive: {
      ...closed,
      objectLockEnabled: true,
      // Six years and a day of leap each (45 CFR 164.316(b)(2)(i)): not even the account's root can shorten it.
      objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(2_192)),
    },
    Records: {
      ...closed,
      lifecycleRules: [
        {
          id: 'exports',
          prefix: 'exports/',
          expiration: Duration.days(7),
          noncurrentVersionExpiration: Duration.days(1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    },
  } satisfies Record<string, BucketProps>
}
