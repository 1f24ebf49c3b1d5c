import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms'
import type { Binding } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import type { UserId } from '../schema/ids.ts'

let client: KMSClient | undefined

/** TOTP seeds under a KMS key of their own, bound to their user: a ciphertext moved to another user does not open. */
export const seeds = ({ signal }: Binding) => ({
  async seal(userId: UserId, seed: string): Promise<string> {
    const { CiphertextBlob } = await call(
      kms().send(new EncryptCommand({ KeyId: keyId(), Plaintext: Buffer.from(seed), EncryptionContext: { userId } }), {
        abortSignal: signal,
      }),
    )
    return Buffer.from(CiphertextBlob ?? []).toString('base64')
  },

  async open(userId: UserId, sealed: string): Promise<string> {
    const { Plaintext } = await call(
      kms().send(
        new DecryptCommand({
          KeyId: keyId(),
          CiphertextBlob: Buffer.from(sealed, 'base64'),
          EncryptionContext: { userId },
        }),
        { abortSignal: signal },
      ),
    )
    return Buffer.from(Plaintext ?? []).toString()
  },
})

const kms = (): KMSClient => {
  client ??= new KMSClient({ maxAttempts: 3 })
  return client
}

function keyId(): string {
  const id = process.env.KEY_FACTORS
  if (!id) throw new Error('KEY_FACTORS is not set')
  return id
}

async function call<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (/Throttling|KMSInternal|DependencyTimeout|TimeoutError|LimitExceeded/.test(name)) {
      throw new Problem('unavailable', { retryAfter: 1, cause: error })
    }
    throw error
  }
}
