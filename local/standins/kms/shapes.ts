import * as z from 'zod'
import { blob, integer, text } from '../shape.ts'

const KeyId = text(1, 2048)
const EncryptionContext = z.record(z.string(), z.string()).optional()
const SigningAlgorithm = z.enum([
  'RSASSA_PSS_SHA_256',
  'RSASSA_PSS_SHA_384',
  'RSASSA_PSS_SHA_512',
  'RSASSA_PKCS1_V1_5_SHA_256',
  'RSASSA_PKCS1_V1_5_SHA_384',
  'RSASSA_PKCS1_V1_5_SHA_512',
  'ECDSA_SHA_256',
  'ECDSA_SHA_384',
  'ECDSA_SHA_512',
])
const MacAlgorithm = z.enum(['HMAC_SHA_224', 'HMAC_SHA_256', 'HMAC_SHA_384', 'HMAC_SHA_512'])
const EncryptionAlgorithm = z.enum(['SYMMETRIC_DEFAULT', 'RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256', 'SM2PKE']).optional()

export const CreateKey = z.object({
  Description: text(0, 8192).optional(),
  KeySpec: text(1, 64).optional(),
  KeyUsage: z.enum(['SIGN_VERIFY', 'ENCRYPT_DECRYPT', 'GENERATE_VERIFY_MAC', 'KEY_AGREEMENT']).optional(),
})

export const CreateAlias = z.object({
  AliasName: text(1, 256, /^alias\/[a-zA-Z0-9/_-]+$/),
  TargetKeyId: KeyId,
})

export const OneKey = z.object({ KeyId })

export const Encrypt = z.object({ KeyId, Plaintext: blob(1, 4096), EncryptionContext, EncryptionAlgorithm })

export const Decrypt = z.object({
  KeyId: KeyId.optional(),
  CiphertextBlob: blob(1, 6144),
  EncryptionContext,
  EncryptionAlgorithm,
})

export const GenerateDataKey = z.object({
  KeyId,
  EncryptionContext,
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: integer(1, 1024).optional(),
})

export const GenerateRandom = z.object({ NumberOfBytes: integer(1, 1024).optional() })

export const Sign = z.object({
  KeyId,
  Message: blob(1, 4096),
  MessageType: z.enum(['RAW', 'DIGEST', 'EXTERNAL_MU']).optional(),
  SigningAlgorithm,
})

export const Verify = Sign.extend({ Signature: blob(1, 6144) })

export const GenerateMac = z.object({ KeyId, Message: blob(1, 4096), MacAlgorithm })

export const VerifyMac = GenerateMac.extend({ Mac: blob(1, 6144) })
