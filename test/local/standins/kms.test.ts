import { createPublicKey, verify } from 'node:crypto'
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GenerateMacCommand,
  GenerateRandomCommand,
  GetPublicKeyCommand,
  KMSClient,
  SignCommand,
  VerifyCommand,
  VerifyMacCommand,
} from '@aws-sdk/client-kms'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publicKeyOf, sha256, signDigest, signMessage, verifyDigest } from '../../../local/standins/kms/p256.ts'
import { kms } from '../../../local/standins/kms.ts'
import { callOf, clientOf, dataDir, refused } from './fixture.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const plain = (octets: Uint8Array | undefined) => Buffer.from(octets ?? []).toString()

async function open(directory = dataDir()) {
  const stand = kms(directory)
  const client = new KMSClient(await clientOf(stand.service))
  return { ...stand, client }
}

describe('Encrypt and Decrypt', () => {
  it('give the text back under the same context, in any order of its pairs', async () => {
    const { client, ensureKey } = await open()
    const KeyId = ensureKey('TotpKey')
    const encrypted = await client.send(
      new EncryptCommand({ KeyId, Plaintext: bytes('seed'), EncryptionContext: { user: 'u1', practice: 'p1' } }),
    )
    expect(encrypted).toMatchObject({ KeyId, EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' })
    const CiphertextBlob = encrypted.CiphertextBlob
    const EncryptionContext = { practice: 'p1', user: 'u1' }
    const decrypted = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))
    expect(decrypted.KeyId).toBe(KeyId)
    expect(plain(decrypted.Plaintext)).toBe('seed')
  })

  it('refuse another context, no context, changed bytes and bytes of nobody', async () => {
    const { client, ensureKey } = await open()
    const KeyId = ensureKey('TotpKey')
    const { CiphertextBlob = new Uint8Array() } = await client.send(
      new EncryptCommand({ KeyId, Plaintext: bytes('seed'), EncryptionContext: { user: 'u1' } }),
    )
    const decrypt = (input: object) =>
      client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { user: 'u1' }, ...input }))
    await refused(decrypt({ EncryptionContext: { user: 'u2' } }), 'InvalidCiphertextException')
    await refused(decrypt({ EncryptionContext: undefined }), 'InvalidCiphertextException')
    for (const index of [0, 20, CiphertextBlob.length - 1]) {
      const changed = Uint8Array.from(CiphertextBlob, (octet, at) => (at === index ? octet ^ 1 : octet))
      await refused(decrypt({ CiphertextBlob: changed }), 'InvalidCiphertextException')
    }
    await refused(decrypt({ CiphertextBlob: CiphertextBlob.subarray(0, 50) }), 'InvalidCiphertextException')
    await refused(decrypt({ CiphertextBlob: bytes('nothing') }), 'InvalidCiphertextException')
    await refused(decrypt({ KeyId: ensureKey('Other') }), 'IncorrectKeyException')
    await refused(decrypt({ KeyId: 'alias/none' }), 'NotFoundException')
  })

  it('take 1 to 4096 bytes, and a key that is there and made for it', async () => {
    const { client, ensureKey } = await open()
    const KeyId = ensureKey('TotpKey')
    const encrypt = (input: object) => client.send(new EncryptCommand({ KeyId, Plaintext: bytes('x'), ...input }))
    await encrypt({ Plaintext: new Uint8Array(4096) })
    const message = await refused(encrypt({ Plaintext: new Uint8Array(4097) }), 'ValidationException')
    expect(message).toBe(
      "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096",
    )
    await refused(encrypt({ Plaintext: new Uint8Array(0) }), 'ValidationException')
    await refused(encrypt({ KeyId: 'none' }), 'NotFoundException')
    await refused(encrypt({ KeyId: ensureKey('Mac', 'HMAC_256') }), 'InvalidKeyUsageException')
    await refused(encrypt({ EncryptionAlgorithm: 'RSAES_OAEP_SHA_1' }), 'InvalidKeyUsageException')
  })
})

describe('GenerateDataKey', () => {
  it('gives a key and its ciphertext, or its ciphertext alone', async () => {
    const { client, ensureKey } = await open()
    const KeyId = ensureKey('Data')
    const EncryptionContext = { practice: 'p1' }
    const both = await client.send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext }))
    expect(both.Plaintext).toHaveLength(32)
    const opened = await client.send(new DecryptCommand({ CiphertextBlob: both.CiphertextBlob, EncryptionContext }))
    expect(opened.Plaintext).toEqual(both.Plaintext)
    const hidden = await client.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 64 }))
    expect(hidden).not.toHaveProperty('Plaintext')
    const later = await client.send(new DecryptCommand({ CiphertextBlob: hidden.CiphertextBlob }))
    expect(later.Plaintext).toHaveLength(64)
    await refused(client.send(new GenerateDataKeyCommand({ KeyId })), 'ValidationException')
    const two = new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_128', NumberOfBytes: 16 })
    await refused(client.send(two), 'ValidationException')
    await refused(client.send(new GenerateDataKeyCommand({ KeyId, NumberOfBytes: 1025 })), 'ValidationException')
  })

  it('GenerateRandom gives as many bytes as asked', async () => {
    const { client } = await open()
    expect((await client.send(new GenerateRandomCommand({ NumberOfBytes: 24 }))).Plaintext).toHaveLength(24)
    await refused(client.send(new GenerateRandomCommand({ NumberOfBytes: 1025 })), 'ValidationException')
    await refused(client.send(new GenerateRandomCommand({})), 'ValidationException')
  })
})

describe('Sign and Verify', () => {
  it('sign a message or its digest so that the public key agrees', async () => {
    const { client, ensureKey } = await open()
    const KeyId = ensureKey('Signer', 'ECC_NIST_P256')
    const { PublicKey, SigningAlgorithms } = await client.send(new GetPublicKeyCommand({ KeyId }))
    expect(SigningAlgorithms).toEqual(['ECDSA_SHA_256'])
    const publicKey = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' })
    const Message = bytes('token')
    const base = { KeyId, SigningAlgorithm: 'ECDSA_SHA_256' } as const
    const raw = await client.send(new SignCommand({ ...base, Message }))
    const digest = await client.send(new SignCommand({ ...base, Message: sha256(Message), MessageType: 'DIGEST' }))
    for (const { Signature = new Uint8Array() } of [raw, digest]) {
      expect(verify('sha256', Message, publicKey, Signature)).toBe(true)
      const { SignatureValid } = await client.send(new VerifyCommand({ ...base, Message, Signature }))
      expect(SignatureValid).toBe(true)
      const other = new VerifyCommand({ ...base, Message: bytes('other'), Signature })
      await refused(client.send(other), 'KMSInvalidSignatureException')
      const hashed = { ...base, Message: sha256(Message), MessageType: 'DIGEST' as const }
      expect((await client.send(new VerifyCommand({ ...hashed, Signature }))).SignatureValid).toBe(true)
    }
    const short = new SignCommand({ ...base, Message, MessageType: 'DIGEST' })
    await refused(client.send(short), 'ValidationException')
    const longer = new SignCommand({ ...base, Message, SigningAlgorithm: 'ECDSA_SHA_384' })
    await refused(client.send(longer), 'InvalidKeyUsageException')
    const symmetric = new GetPublicKeyCommand({ KeyId: ensureKey('Data') })
    await refused(client.send(symmetric), 'UnsupportedOperationException')
  })

  it('agrees with OpenSSL on every message, and on no other one', async () => {
    const { generateKeyPairSync } = await import('node:crypto')
    const pkcs8 = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'der' })
    const publicKey = createPublicKey({ key: publicKeyOf(pkcs8), format: 'der', type: 'spki' })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), message => {
        expect(verify('sha256', message, publicKey, signDigest(pkcs8, sha256(message)))).toBe(true)
        expect(verifyDigest(pkcs8, sha256(message), signMessage(pkcs8, message))).toBe(true)
        expect(verifyDigest(pkcs8, sha256(Buffer.from([...message, 0])), signMessage(pkcs8, message))).toBe(false)
        expect(verifyDigest(pkcs8, sha256(message), message)).toBe(false)
      }),
      { numRuns: 8 },
    )
  })
})

describe('GenerateMac and VerifyMac', () => {
  it('authenticate a message', async () => {
    const { client, ensureKey } = await open()
    const base = { KeyId: ensureKey('Mac', 'HMAC_256'), Message: bytes('code'), MacAlgorithm: 'HMAC_SHA_256' } as const
    const { Mac } = await client.send(new GenerateMacCommand(base))
    expect(Mac).toHaveLength(32)
    expect((await client.send(new VerifyMacCommand({ ...base, Mac }))).MacValid).toBe(true)
    const other = new VerifyMacCommand({ ...base, Message: bytes('other'), Mac })
    await refused(client.send(other), 'KMSInvalidMacException')
    const longer = new GenerateMacCommand({ ...base, MacAlgorithm: 'HMAC_SHA_512' })
    await refused(client.send(longer), 'InvalidKeyUsageException')
  })
})

describe('keys', () => {
  it('are found by id, ARN, alias and ARN of the alias', async () => {
    const { client } = await open()
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: 'one' }))
    await client.send(new CreateAliasCommand({ AliasName: 'alias/one', TargetKeyId: KeyMetadata?.KeyId }))
    for (const KeyId of [
      KeyMetadata?.KeyId,
      KeyMetadata?.Arn,
      'alias/one',
      'arn:aws:kms:us-east-1:000000000000:alias/one',
    ]) {
      const described = await client.send(new DescribeKeyCommand({ KeyId }))
      expect(described.KeyMetadata).toMatchObject({ Arn: KeyMetadata?.Arn, KeyState: 'Enabled', Description: 'one' })
    }
    const again = new CreateAliasCommand({ AliasName: 'alias/one', TargetKeyId: KeyMetadata?.KeyId })
    await refused(client.send(again), 'AlreadyExistsException')
    await refused(client.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256' })), 'ValidationException')
    await refused(client.send(new CreateKeyCommand({ KeySpec: 'RSA_2048' })), 'UnsupportedOperationException')
  })

  it('do nothing while they are disabled', async () => {
    const { client, ensureKey } = await open()
    const KeyId = ensureKey('Data')
    const encrypt = new EncryptCommand({ KeyId, Plaintext: bytes('x') })
    const { CiphertextBlob } = await client.send(encrypt)
    await client.send(new DisableKeyCommand({ KeyId }))
    await refused(client.send(encrypt), 'DisabledException')
    await refused(client.send(new DecryptCommand({ CiphertextBlob })), 'DisabledException')
    expect((await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Enabled).toBe(false)
    await client.send(new EnableKeyCommand({ KeyId }))
    await client.send(encrypt)
  })

  it('and their ciphertexts survive a reopening without a clean stop', async () => {
    const directory = dataDir()
    const { client, ensureKey } = await open(directory)
    const arn = ensureKey('Data', 'SYMMETRIC_DEFAULT', ['alias/data'])
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: arn, Plaintext: bytes('kept') }))
    const reopened = await open(directory)
    expect(reopened.ensureKey('Data')).toBe(arn)
    const decrypted = await reopened.client.send(new DecryptCommand({ CiphertextBlob, KeyId: 'alias/data' }))
    expect(plain(decrypted.Plaintext)).toBe('kept')
    expect(() => reopened.ensureKey('Data', 'HMAC_256')).toThrow('cannot change')
  })
})

describe('needs', () => {
  it('names the key and the pairs of the encryption context', async () => {
    const { service, ensureKey } = await open()
    const arn = ensureKey('Data', 'SYMMETRIC_DEFAULT', ['alias/data'])
    const body = { KeyId: 'alias/data', Plaintext: 'eA==', EncryptionContext: { practice: 'p1' } }
    expect(service.needs(callOf('kms', 'TrentService.Encrypt', body))).toEqual([
      {
        action: 'kms:Encrypt',
        resource: arn,
        context: {
          'kms:EncryptionContext:practice': 'p1',
          'kms:EncryptionContextKeys': ['practice'],
          'kms:EncryptionAlgorithm': 'SYMMETRIC_DEFAULT',
          'kms:CallerAccount': '000000000000',
          'kms:KeySpec': 'SYMMETRIC_DEFAULT',
          'kms:KeyUsage': 'ENCRYPT_DECRYPT',
          'kms:RequestAlias': 'alias/data',
          'kms:ResourceAliases': ['alias/data'],
        },
      },
    ])
  })

  it('takes the key of a decryption from the ciphertext, not from the request', async () => {
    const { client, service, ensureKey } = await open()
    const [KeyId, other] = [ensureKey('Data'), ensureKey('Other')]
    const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId, Plaintext: bytes('x') }))
    const body = { KeyId: other, CiphertextBlob: Buffer.from(CiphertextBlob ?? []).toString('base64') }
    const [need] = service.needs(callOf('kms', 'TrentService.Decrypt', body))
    expect(need).toMatchObject({ action: 'kms:Decrypt', resource: KeyId })
    expect(service.needs(callOf('kms', 'TrentService.Decrypt', { CiphertextBlob: 'AAAA' }))).toEqual([])
  })
})

describe('faults', () => {
  it('throttle a call', async () => {
    const { client, faults, ensureKey } = await open()
    const encrypt = new EncryptCommand({ KeyId: ensureKey('Data'), Plaintext: bytes('x') })
    faults.inject({ operation: 'Encrypt', type: 'ThrottlingException', status: 400 })
    await refused(client.send(encrypt), 'ThrottlingException')
    await client.send(encrypt)
  })
})
