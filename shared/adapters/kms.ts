import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms'
import { type KeyName, keyVariable } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'

let client: KMSClient | undefined

/** A key of KMS, which never leaves it. What is sealed opens only where the same context is named again. */
export const kmsKey = (name: KeyName, signal: AbortSignal) => ({
  async seal(context: Record<string, string>, content: Buffer): Promise<string> {
    const command = new EncryptCommand({ KeyId: arnOf(name), Plaintext: content, EncryptionContext: context })
    const { CiphertextBlob } = await call(kms().send(command, { abortSignal: signal }))
    return Buffer.from(CiphertextBlob ?? []).toString('base64')
  },

  async open(context: Record<string, string>, sealed: string): Promise<Buffer> {
    const CiphertextBlob = Buffer.from(sealed, 'base64')
    const command = new DecryptCommand({ KeyId: arnOf(name), CiphertextBlob, EncryptionContext: context })
    const { Plaintext } = await call(kms().send(command, { abortSignal: signal }))
    return Buffer.from(Plaintext ?? [])
  },
})

const kms = (): KMSClient => {
  client ??= new KMSClient({ maxAttempts: 3 })
  return client
}

function arnOf(name: KeyName): string {
  const arn = process.env[keyVariable(name)]
  if (!arn) throw new Error(`${keyVariable(name)} is not set`)
  return arn
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
