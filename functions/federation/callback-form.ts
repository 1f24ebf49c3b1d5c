import * as z from 'zod'
import { land, landingProblems } from '../../shared/domain/federation/land.ts'
import { defineAction } from '../../shared/kernel/action.ts'
import { federation } from '../../shared/ports/federation.ts'
import { flows } from '../../shared/ports/flows.ts'
import { identities } from '../../shared/ports/identities.ts'
import { notices } from '../../shared/ports/notices.ts'
import { practices } from '../../shared/ports/practices.ts'
import { sessions } from '../../shared/ports/sessions.ts'
import { AuthorizationResponse, ProviderId } from '../../shared/schema/federation.ts'

/**
 * The same for a provider that makes the browser post a form (OAuth 2.0 Form Post Response Mode): Apple. The form comes from
 * the provider's page, so no header can prove that it is ours; the flow's cookie and its state do.
 */
export default defineAction({
  summary: 'Come back from an identity provider with a form',
  route: 'POST /federation/callbacks/{provider}',
  allow: 'anyone',
  params: z.strictObject({ provider: ProviderId }),
  body: AuthorizationResponse,
  form: 'only',
  reply: { status: 303, schema: z.url(), refused: '/sign-in' },
  problems: landingProblems,
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'credential',
  timeout: 15,
  metric: 'FederationsAccepted',
  uses: { federation, flows, identities, notices, practices, sessions },

  handle: async ({ params, body, ...landing }) => land(params.provider, body, landing),
})
