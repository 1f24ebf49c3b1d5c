import { randomBytes } from 'node:crypto'
import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { invalidCiphertext, keyIdIn, seal, unseal } from './envelope.ts'
import { arnOf, type Keys } from './keys.ts'
import { contextKeys, keyNeeds } from './needs.ts'
import * as shapes from './shapes.ts'

const algorithm = 'SYMMETRIC_DEFAULT'

/** Encrypt, Decrypt and what makes data keys. */
export function encryptionOperations(keys: Keys): Record<string, Operation> {
  const needs = (action: string, keyId: string, context?: Record<string, string>) =>
    keyNeeds(keys, action, keyId, { ...contextKeys(context), 'kms:EncryptionAlgorithm': algorithm })
  const encrypt = (action: string, keyId: string, plaintext: Buffer, context: Record<string, string> = {}) => {
    const key = keys.usable(keyId, 'ENCRYPT_DECRYPT', action)
    return { KeyId: arnOf(key.id), CiphertextBlob: seal(key, plaintext, context).toString('base64') }
  }

  return {
    Encrypt: operation(
      shapes.Encrypt,
      input => needs('Encrypt', input.KeyId, input.EncryptionContext),
      input => {
        symmetricOnly(input.EncryptionAlgorithm)
        const encrypted = encrypt('Encrypt', input.KeyId, input.Plaintext, input.EncryptionContext)
        return { ...encrypted, EncryptionAlgorithm: algorithm }
      },
    ),

    Decrypt: operation(
      shapes.Decrypt,
      input => {
        const keyId = keyIdIn(input.CiphertextBlob) ?? input.KeyId
        return keyId ? needs('Decrypt', keyId, input.EncryptionContext) : []
      },
      input => {
        symmetricOnly(input.EncryptionAlgorithm)
        const maker = keys.find(keyIdIn(input.CiphertextBlob) ?? '')
        if (input.KeyId !== undefined) {
          const named = keys.usable(input.KeyId, 'ENCRYPT_DECRYPT', 'Decrypt')
          if (maker && maker.id !== named.id) {
            const message = 'The key ID in the request does not identify a CMK that can perform this operation.'
            throw new Refusal('IncorrectKeyException', message)
          }
        }
        if (!maker) throw invalidCiphertext()
        const key = keys.usable(maker.id, 'ENCRYPT_DECRYPT', 'Decrypt')
        const plaintext = unseal(key, input.CiphertextBlob, input.EncryptionContext ?? {})
        return { KeyId: arnOf(key.id), Plaintext: plaintext.toString('base64'), EncryptionAlgorithm: algorithm }
      },
    ),

    GenerateDataKey: operation(
      shapes.GenerateDataKey,
      input => needs('GenerateDataKey', input.KeyId, input.EncryptionContext),
      input => {
        const dataKey = randomBytes(dataKeyLength(input))
        const encrypted = encrypt('GenerateDataKey', input.KeyId, dataKey, input.EncryptionContext)
        return { ...encrypted, Plaintext: dataKey.toString('base64') }
      },
    ),

    GenerateDataKeyWithoutPlaintext: operation(
      shapes.GenerateDataKey,
      input => needs('GenerateDataKeyWithoutPlaintext', input.KeyId, input.EncryptionContext),
      input => {
        const dataKey = randomBytes(dataKeyLength(input))
        return encrypt('GenerateDataKeyWithoutPlaintext', input.KeyId, dataKey, input.EncryptionContext)
      },
    ),

    GenerateRandom: operation(
      shapes.GenerateRandom,
      () => [{ action: 'kms:GenerateRandom', resource: '*', context: {} }],
      ({ NumberOfBytes }) => {
        if (!NumberOfBytes) throw new Refusal('ValidationException', 'NumberOfBytes is required.')
        return { Plaintext: randomBytes(NumberOfBytes).toString('base64') }
      },
    ),
  }
}

function dataKeyLength(input: { KeySpec?: 'AES_256' | 'AES_128'; NumberOfBytes?: number }): number {
  if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
    throw new Refusal('ValidationException', 'Please specify either number of bytes or key spec.')
  }
  return input.NumberOfBytes ?? (input.KeySpec === 'AES_128' ? 16 : 32)
}

function symmetricOnly(named: string | undefined): void {
  if (named === undefined || named === algorithm) return
  throw new Refusal('InvalidKeyUsageException', `Algorithm ${named} is incompatible with key spec ${algorithm}.`)
}
