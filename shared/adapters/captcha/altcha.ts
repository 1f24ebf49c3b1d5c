import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto'
import * as z from 'zod'
import { sameText } from '../../kernel/sameText.ts'
import type { CaptchaChallenge } from '../../schema/limits.ts'

/** Time to solve it and to type a password: NIST SP 800-63B-4 allows ten minutes for what is shown out of band. */
const validMs = 10 * 60_000

/** What a challenge is bound to. */
interface Bond {
  purpose: string
  account: string
  now: string
}

/**
 * ALTCHA's protocol (altcha.org/docs/v2/proof-of-work-captcha, version 1): find the number whose SHA-256 after the salt is the
 * challenge. Expiry, purpose and account stand in the salt, which the challenge hashes and the signature so covers. The salt
 * ends with a delimiter, or digits of the number could be read as its last parameter (CVE-2025-68113).
 */
export function altchaChallenge(
  { key, maxNumber }: { key: string; maxNumber: number },
  { purpose, account, now }: Bond,
): CaptchaChallenge {
  const expires = String(Math.floor((Date.parse(now) + validMs) / 1000))
  const salt = `${randomBytes(12).toString('hex')}?${new URLSearchParams({ expires, purpose, account })}&`
  const challenge = sha256(salt + randomInt(maxNumber + 1))
  return {
    provider: 'altcha',
    algorithm: 'SHA-256',
    challenge,
    maxnumber: maxNumber,
    salt,
    signature: sign(challenge, key),
  }
}

const Payload = z.object({
  algorithm: z.literal('SHA-256'),
  challenge: z.string().max(64),
  number: z.int().min(0),
  salt: z.string().max(300),
  signature: z.string().max(64),
})

/** The challenge of a right solution, which is its id. Nothing for any other text. */
export function altchaSolution({ key }: { key: string }, text: string, { purpose, account, now }: Bond) {
  const solution = read(text)
  if (!solution?.salt.endsWith('&')) return undefined
  const { salt, number, challenge, signature } = solution
  const bond = new URLSearchParams(salt.split('?')[1])
  const isOurs = sameText(sha256(salt + number), challenge) && sameText(sign(challenge, key), signature)
  const isForThis = bond.get('purpose') === purpose && bond.get('account') === account
  return isOurs && isForThis && Date.parse(now) < Number(bond.get('expires')) * 1000 ? challenge : undefined
}

function read(text: string): z.infer<typeof Payload> | undefined {
  try {
    return Payload.safeParse(JSON.parse(Buffer.from(text, 'base64').toString())).data
  } catch {
    return undefined
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const sign = (challenge: string, key: string): string => createHmac('sha256', key).update(challenge).digest('hex')
