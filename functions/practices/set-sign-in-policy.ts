import { revisedPolicy } from '../../shared/domain/signIn.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { practiceSettings } from '../../shared/ports/practices.ts'
import { SignInPolicy } from '../../shared/schema/practices.ts'

/**
 * Sets what the practice demands of how its patients sign in. Since when a second factor is demanded is the server's to say, so
 * that nobody's grace is cut short by a date in the past.
 */
export default defineAction({
  summary: 'Set the sign-in policy',
  route: 'PUT /practices/current/sign-in-policy',
  allow: 'policy:manage',
  stepUp: true,
  body: SignInPolicy.omit({ requiredSince: true }),
  reply: { status: 200, schema: SignInPolicy.meta({ id: 'SignInPolicy' }) },
  audit: { action: 'U', entity: 'Organization/{practiceId}' },
  limit: 'write',
  timeout: 5,
  uses: { practiceSettings },

  async handle({ body, practiceSettings, now, commit }) {
    const practice = await practiceSettings.mine()
    const signIn = revisedPolicy(practice.signIn, body, now)
    await commit(practiceSettings.setSignIn(practice, signIn))
    return signIn
  },
})
