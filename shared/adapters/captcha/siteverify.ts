import { createHash } from 'node:crypto'
import * as z from 'zod'
import { Problem } from '../../kernel/problem.ts'
import type { Provider } from '../captcha.ts'

/** Longer than a provider takes, shorter than a person waits. */
const patienceMs = 3_000

const urls = {
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/siteverify',
  hcaptcha: 'https://api.hcaptcha.com/siteverify',
}

const Verdict = z.object({ success: z.boolean(), action: z.string().optional(), cdata: z.string().optional() })

/**
 * Asks the provider about a token; answers the token's id. Turnstile tells what its widget was made for, so its token is held
 * to purpose and account; hCaptcha tells nothing of the kind. A provider that does not answer lets nobody through: otherwise
 * whoever can disturb it has switched the CAPTCHA off.
 */
export async function isVerified(
  { provider, secretKey, url = urls[provider] }: Provider,
  token: string,
  { purpose, account, signal }: { purpose: string; account: string; signal: AbortSignal },
): Promise<string | undefined> {
  const { success, action, cdata } = await ask(url, { secret: secretKey, response: token }, signal)
  const isForThis = provider === 'hcaptcha' || (action === purpose && cdata === account)
  return success && isForThis ? createHash('sha256').update(token).digest('hex') : undefined
}

async function ask(url: string, form: Record<string, string>, signal: AbortSignal): Promise<z.infer<typeof Verdict>> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams(form),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    })
    if (!response.ok) throw new Error(`the CAPTCHA's provider answered ${response.status}`)
    return Verdict.parse(await response.json())
  } catch (cause) {
    throw new Problem('unavailable', { retryAfter: 5, cause })
  }
}
