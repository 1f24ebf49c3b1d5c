import { account } from '../../aws/service.ts'
import { arnOf, type Key, type KeySpec, usageOf } from './keys.ts'

/** The algorithms of each kind of key, as DescribeKey and GetPublicKey answer them. */
export const algorithmsOf: Record<KeySpec, object> = {
  SYMMETRIC_DEFAULT: { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] },
  ECC_NIST_P256: { SigningAlgorithms: ['ECDSA_SHA_256'] },
  HMAC_256: { MacAlgorithms: ['HMAC_SHA_256'] },
}

/** A key's description without its material. */
export const metadata = (key: Key): object => ({
  AWSAccountId: account,
  KeyId: key.id,
  Arn: arnOf(key.id),
  CreationDate: key.createdAt,
  Enabled: key.enabled,
  Description: key.description,
  KeyUsage: usageOf[key.spec],
  KeyState: key.enabled ? 'Enabled' : 'Disabled',
  Origin: 'AWS_KMS',
  KeyManager: 'CUSTOMER',
  KeySpec: key.spec,
  CustomerMasterKeySpec: key.spec,
  MultiRegion: false,
  ...algorithmsOf[key.spec],
})
