import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { type Entry, isAction } from '../../functions/catalogue.ts'
import { isSafe, splitRoute } from '../../shared/kernel/route.ts'

/** What a new version is asked, and between which statuses its answer must be. */
export interface Probe {
  event: object
  statuses: readonly [lowest: number, highest: number] | 'a batch'
}

const events = resolve(import.meta.dirname, '..', '..', 'events')

/** An address that is nobody's (RFC 5737): the limit of a real one is not used up. */
const nobody = '192.0.2.1'

/**
 * The question that changes nothing: the function's sample event, but without what would let it through. Who needs a session has
 * none, and must answer 401; who needs none gets a body that is not JSON, and must answer 400, or is only read. A worker gets a
 * batch without messages. All of it is loaded for that: code, ports, pipeline. What remains is the record of a refusal, which is true.
 */
export function probeOf(entry: Entry): Probe {
  if (!isAction(entry)) return { event: { Records: [] }, statuses: 'a batch' }
  const sample = JSON.parse(
    readFileSync(join(events, entry.domain, `${entry.name}.json`), 'utf8'),
  ) as APIGatewayProxyEventV2
  const { cookies: _, queryStringParameters: __, ...event } = sample
  const { authorization: ___, cookie: ____, 'x-csrf': _____, ...headers } = event.headers
  const { requestContext } = event
  const anonymous = {
    ...event,
    headers,
    rawQueryString: '',
    requestContext: { ...requestContext, http: { ...requestContext.http, sourceIp: nobody } },
  }
  if (entry.declaration.allow !== 'anyone') return { event: anonymous, statuses: [401, 401] }
  if (isSafe(splitRoute(entry.declaration.route).method)) return { event: anonymous, statuses: [200, 499] }
  return { event: { ...anonymous, body: '{', isBase64Encoded: false }, statuses: [400, 499] }
}
