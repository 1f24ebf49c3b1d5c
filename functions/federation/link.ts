import * as z from 'zod'
import { bindingsOf, flowSeconds, newFlow } from '../../shared/domain/federation/flow.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { authorization } from '../../shared/ports/authorization.ts'
import { beginnings } from '../../shared/ports/flows.ts'
import { Authorization, ProviderId, ReturnPath } from '../../shared/schema/federation.ts'

/** Begins to link an account at another identity provider. It is linked when the browser comes back, to this session's user. */
export default defineAction({
  summary: 'Link an account at an identity provider',
  route: 'POST /federation/identities',
  allow: 'signed-in',
  stepUp: true,
  body: z.strictObject({ provider: ProviderId, returnTo: ReturnPath.default('/account/security') }),
  reply: { status: 200, schema: Authorization },
  problems: ['provider-not-found'],
  audit: { action: 'C', entity: 'Flow/{provider}' },
  limit: 'write',
  timeout: 10,
  uses: { authorization, beginnings },

  async handle({ body, actor, authorization, beginnings, session, flow, now, newToken, about, commit, fail }) {
    const { provider, returnTo } = body
    const { practiceId, userId, sessionId } = actor
    const { practiceSlug } = session.current().user
    const secret = newToken()
    const request = await authorization.request(practiceSlug, provider, bindingsOf(secret))
    if (!request) return fail('provider-not-found')
    about({ provider })
    const link = { practiceId, userId, sessionId }
    await commit(beginnings.begin(newFlow({ practiceSlug, provider, returnTo, link }, secret, now)))
    flow.begin(secret, { seconds: flowSeconds, crossSitePost: request.crossSitePost })
    return { authorizationUrl: request.url }
  },
})
