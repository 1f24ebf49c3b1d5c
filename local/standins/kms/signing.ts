import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Operation, operation } from '../operation.ts'
import { Refusal } from '../refusal.ts'
import { arnOf, type Key, type Keys } from './keys.ts'
import { algorithmsOf } from './metadata.ts'
import { keyNeeds } from './needs.ts'
import { publicKeyOf, signDigest, signMessage, verifyDigest, verifyMessage } from './p256.ts'
import * as shapes from './shapes.ts'

/** Signatures with ECC_NIST_P256 and message authentication codes with HMAC_256. */
export function signingOperations(keys: Keys): Record<string, Operation> {
  const signNeeds = (action: string, input: { KeyId: string; MessageType?: string; SigningAlgorithm: string }) =>
    keyNeeds(keys, action, input.KeyId, {
      'kms:MessageType': input.MessageType ?? 'RAW',
      'kms:SigningAlgorithm': input.SigningAlgorithm,
    })
  const macNeeds = (action: string, input: { KeyId: string; MacAlgorithm: string }) =>
    keyNeeds(keys, action, input.KeyId, { 'kms:MacAlgorithm': input.MacAlgorithm })

  return {
    Sign: operation(
      shapes.Sign,
      input => signNeeds('Sign', input),
      input => {
        const key = signer(keys, 'Sign', input)
        const sign = input.MessageType === 'DIGEST' ? signDigest : signMessage
        const signature = sign(material(key), input.Message)
        return { ...answered(key, input), Signature: signature.toString('base64') }
      },
    ),

    Verify: operation(
      shapes.Verify,
      input => signNeeds('Verify', input),
      input => {
        const key = signer(keys, 'Verify', input)
        const verify = input.MessageType === 'DIGEST' ? verifyDigest : verifyMessage
        if (!verify(material(key), input.Message, input.Signature)) {
          throw new Refusal('KMSInvalidSignatureException', '')
        }
        return { ...answered(key, input), SignatureValid: true }
      },
    ),

    GetPublicKey: operation(
      shapes.OneKey,
      input => keyNeeds(keys, 'GetPublicKey', input.KeyId),
      input => {
        const key = keys.usable(input.KeyId)
        if (key.spec !== 'ECC_NIST_P256') {
          const message = `${arnOf(key.id)} key spec is ${key.spec} which is not valid for GetPublicKey.`
          throw new Refusal('UnsupportedOperationException', message)
        }
        return {
          KeyId: arnOf(key.id),
          PublicKey: publicKeyOf(material(key)).toString('base64'),
          KeySpec: key.spec,
          CustomerMasterKeySpec: key.spec,
          KeyUsage: 'SIGN_VERIFY',
          ...algorithmsOf[key.spec],
        }
      },
    ),

    GenerateMac: operation(
      shapes.GenerateMac,
      input => macNeeds('GenerateMac', input),
      input => {
        const key = authenticator(keys, 'GenerateMac', input)
        return {
          KeyId: arnOf(key.id),
          MacAlgorithm: input.MacAlgorithm,
          Mac: mac(key, input.Message).toString('base64'),
        }
      },
    ),

    VerifyMac: operation(
      shapes.VerifyMac,
      input => macNeeds('VerifyMac', input),
      input => {
        const key = authenticator(keys, 'VerifyMac', input)
        const right = mac(key, input.Message)
        if (input.Mac.length !== right.length || !timingSafeEqual(input.Mac, right)) {
          throw new Refusal('KMSInvalidMacException', '')
        }
        return { KeyId: arnOf(key.id), MacAlgorithm: input.MacAlgorithm, MacValid: true }
      },
    ),
  }
}

function signer(
  keys: Keys,
  action: string,
  input: { KeyId: string; Message: Buffer; MessageType?: string; SigningAlgorithm: string },
): Key {
  const key = keys.usable(input.KeyId, 'SIGN_VERIFY', action)
  if (input.SigningAlgorithm !== 'ECDSA_SHA_256') throw incompatible(input.SigningAlgorithm, key)
  if (input.MessageType === 'EXTERNAL_MU') throw incompatible('EXTERNAL_MU', key)
  if (input.MessageType === 'DIGEST' && input.Message.length !== 32) {
    throw new Refusal('ValidationException', 'Digest is invalid length for algorithm ECDSA_SHA_256.')
  }
  return key
}

function authenticator(keys: Keys, action: string, input: { KeyId: string; MacAlgorithm: string }): Key {
  const key = keys.usable(input.KeyId, 'GENERATE_VERIFY_MAC', action)
  if (input.MacAlgorithm !== 'HMAC_SHA_256') throw incompatible(input.MacAlgorithm, key)
  return key
}

const incompatible = (algorithm: string, key: Key) =>
  new Refusal('InvalidKeyUsageException', `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`)

const answered = (key: Key, input: { SigningAlgorithm: string }) => ({
  KeyId: arnOf(key.id),
  SigningAlgorithm: input.SigningAlgorithm,
})

const material = (key: Key): Buffer => Buffer.from(key.material, 'base64')
const mac = (key: Key, message: Buffer): Buffer => createHmac('sha256', material(key)).update(message).digest()
