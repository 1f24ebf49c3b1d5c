import * as z from 'zod'
import { bindingsOf, flowSeconds, newFlow } from '../../shared/domain/federation/flow.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { authorization } from '../../shared/ports/authorization.ts'
import { beginnings } from '../../shared/ports/flows.ts'
import { Authorization, ProviderId, ReturnPath } from '../../shared/schema/federation.ts'
import { PracticeSlug } from '../../shared/schema/identity.ts'

/** Begins a sign-in at another identity provider: answers where to go, and binds what comes back to this browser. */
export default defineAction({
  summary: 'Sign in with an identity provider',
  route: 'POST /federation/flows',
  allow: 'anyone',
  body: z.strictObject({ practice: PracticeSlug, provider: ProviderId, returnTo: ReturnPath.default('/') }),
  reply: { status: 200, schema: Authorization },
  problems: ['provider-not-found'],
  audit: { action: 'C', entity: 'Flow/{provider}' },
  limit: 'credential',
  timeout: 10,
  uses: { authorization, beginnings },

  async handle({ body, authorization, beginnings, flow, now, newToken, about, commit, fail }) {
    const { practice: practiceSlug, provider, returnTo } = body
    const secret = newToken()
    const request = await authorization.request(practiceSlug, provider, bindingsOf(secret))
    if (!request) return fail('provider-not-found')
    about({ provider })
    await commit(beginnings.begin(newFlow({ practiceSlug, provider, returnTo }, secret, now)))
    flow.begin(secret, { seconds: flowSeconds, crossSitePost: request.crossSitePost })
    return { authorizationUrl: request.url }
  },
})
