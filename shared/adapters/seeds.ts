import type { Binding } from '../kernel/port.ts'
import type { UserId } from '../schema/ids.ts'
import { kmsKey } from './kms.ts'

/** TOTP seeds under a KMS key of their own, bound to their user: a ciphertext moved to another user does not open. */
export const seeds = ({ signal }: Binding) => {
  const key = kmsKey('factors', signal)
  return {
    seal: (userId: UserId, seed: string): Promise<string> => key.seal({ userId }, Buffer.from(seed)),
    open: async (userId: UserId, sealed: string): Promise<string> => (await key.open({ userId }, sealed)).toString(),
  }
}
