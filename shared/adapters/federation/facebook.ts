import { createHmac } from 'node:crypto'
import type { AuthorizationServer } from 'oauth4webapi'
import * as z from 'zod'
import type { Subject } from '../../domain/federation/subject.ts'
import { askOf } from './ask.ts'
import type { OfKind } from './providers.ts'

const Me = z.object({ id: z.string().regex(/^\d{1,40}$/) })

/**
 * Whose token it is that Facebook gave for our own code: its OAuth 2.0 has no ID token, so the Graph API is asked, once. The
 * proof shows that the token is used by whoever holds the app's secret.
 */
export async function facebookId(
  provider: OfKind<'facebook'>,
  { issuer, userinfo_endpoint: endpoint = '' }: AuthorizationServer,
  token: string,
  signal: AbortSignal,
): Promise<Subject | undefined> {
  const url = new URL(endpoint)
  url.searchParams.set('fields', 'id')
  url.searchParams.set('appsecret_proof', createHmac('sha256', provider.clientSecret).update(token).digest('hex'))
  const headers = { accept: 'application/json', authorization: `Bearer ${token}` }
  const response = await askOf(provider)(url.href, { method: 'GET', headers, signal })
  const me = Me.safeParse(response.ok ? await response.json().catch(() => undefined) : undefined)
  return me.success ? { issuer, subject: me.data.id } : undefined
}
