import { createPublicKey, verify } from 'node:crypto'
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms'
import type { Binding } from '../kernel/port.ts'

let client: KMSClient | undefined

const kms = (): KMSClient => {
  client ??= new KMSClient({ maxAttempts: 3 })
  return client
}

/** Signatures of the archive's manifests: ECDSA on P-256 over SHA-256 (FIPS 186-5), by a key that never leaves KMS. */
export const signer = ({ signal }: Pick<Binding, 'signal'>) => ({
  async sign(text: string): Promise<string> {
    const command = new SignCommand({
      KeyId: keyId(),
      Message: Buffer.from(text),
      MessageType: 'RAW',
      SigningAlgorithm: 'ECDSA_SHA_256',
    })
    const { Signature } = await kms().send(command, { abortSignal: signal })
    return Buffer.from(Signature ?? []).toString('base64')
  },

  /** Whether a text was signed by us; to be asked often, so the public half is fetched once. */
  async checker(): Promise<(text: string, signature: string) => boolean> {
    const { PublicKey } = await kms().send(new GetPublicKeyCommand({ KeyId: keyId() }), { abortSignal: signal })
    const key = createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' })
    return (text, signature) => verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64'))
  },
})

function keyId(): string {
  const id = process.env.SIGNER_SEAL
  if (!id) throw new Error('SIGNER_SEAL is not set')
  return id
}
