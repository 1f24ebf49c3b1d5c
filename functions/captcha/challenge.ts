import * as z from 'zod'
import { defineAction } from '../../shared/kernel/action.ts'
import { captcha } from '../../shared/ports/captcha.ts'
import { PracticeSlug } from '../../shared/schema/identity.ts'
import { CaptchaChallenge, CaptchaPurpose } from '../../shared/schema/limits.ts'

/**
 * Makes a CAPTCHA for one purpose at one account, which is named by a hash: an e-mail stands in no address. Nobody is looked
 * up for it, so it says nothing of who there is.
 */
export default defineAction({
  summary: 'Ask for a CAPTCHA',
  route: 'GET /captcha/challenge',
  allow: 'anyone',
  query: z.strictObject({
    purpose: CaptchaPurpose,
    practice: PracticeSlug,
    /** SHA-256 of the e-mail address, trimmed and in small letters, as base64url. */
    account: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'must be a SHA-256 as base64url'),
  }),
  reply: { status: 200, schema: CaptchaChallenge },
  limit: 'read',
  timeout: 5,
  uses: { captcha },

  handle: ({ query, captcha }) => captcha.challenge(query.purpose, `${query.practice}#${query.account}`),
})
