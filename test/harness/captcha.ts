import { createHash } from 'node:crypto'
import { accountOf } from '../../shared/domain/gate.ts'
import type { User } from '../../shared/schema/identity.ts'
import { call, freshAddress } from './index.ts'

export type Someone = Pick<User, 'practiceSlug' | 'email'>

/** Asks for a challenge and solves it, as a page would: the payload that goes with the next attempt. */
export async function solved({ practiceSlug, email }: Someone, purpose = 'login'): Promise<string> {
  const account = accountOf(practiceSlug, email).split('#')[1] ?? ''
  const query = { purpose, practice: practiceSlug, account }
  const { body } = await call('captcha.challenge', { query, sourceIp: freshAddress() })
  return solutionOf(body)
}

/** ALTCHA's work: the number whose SHA-256 after the salt is the challenge. */
export function solutionOf(challenge: {
  challenge: string
  salt: string
  maxnumber: number
  signature: string
}): string {
  const { maxnumber, ...shown } = challenge
  for (let number = 0; number <= maxnumber; number++) {
    if (
      createHash('sha256')
        .update(shown.salt + number)
        .digest('hex') !== shown.challenge
    )
      continue
    const { challenge: hash, salt, signature } = shown
    const payload = { algorithm: 'SHA-256', challenge: hash, number, salt, signature }
    return Buffer.from(JSON.stringify(payload)).toString('base64')
  }
  throw new Error('the challenge has no solution')
}
