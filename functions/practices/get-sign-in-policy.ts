import { defineAction } from '../../shared/kernel/action.ts'
import { practices } from '../../shared/ports/practices.ts'
import { SignInPolicy } from '../../shared/schema/practices.ts'

/** What the caller's practice demands of how its patients sign in. */
export default defineAction({
  summary: 'Show the sign-in policy',
  route: 'GET /practices/current/sign-in-policy',
  allow: 'policy:manage',
  reply: { status: 200, schema: SignInPolicy.meta({ id: 'SignInPolicy' }) },
  audit: { action: 'R', entity: 'Organization/{practiceId}' },
  limit: 'read',
  timeout: 5,
  uses: { practices },

  handle: async ({ practices }) => (await practices.mine()).signIn,
})
