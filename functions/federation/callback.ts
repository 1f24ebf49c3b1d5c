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
 * Where an identity provider sends the browser back to (RFC 6749 §4.1.2). It is a page of no one's: what comes is believed by
 * the flow's cookie, which its state is derived from, and ends in a session, in a link, or in one refusal for all reasons.
 */
export default defineAction({
  summary: 'Come back from an identity provider',
  route: 'GET /federation/callbacks/{provider}',
  allow: 'anyone',
  params: z.strictObject({ provider: ProviderId }),
  query: AuthorizationResponse,
  reply: { status: 303, schema: z.url(), refused: '/sign-in' },
  problems: landingProblems,
  audit: { action: 'E', entity: 'Session/{sessionId}' },
  limit: 'credential',
  timeout: 15,
  metric: 'FederationsAccepted',
  uses: { federation, flows, identities, notices, practices, sessions },

  handle: async ({ params, query, ...landing }) => land(params.provider, query, landing),
})
