import type { Action } from '../../shared/kernel/action.ts'
import type { Json } from './schemas.ts'

const header = (description: string, schema: Json, example: unknown): Json => ({ description, schema, example })
const instant = { type: 'string', format: 'date-time' }

/** The headers that answers carry, as `shared/pipeline/steps/answer.ts` writes them. */
export const headerComponents: Record<string, Json> = {
  'X-Request-Id': header('The id of this request: name it in a report.', { type: 'string' }, 'JKJaXmPLvHcESHA='),
  Location: header(
    'Where the browser goes on: a page of the portal.',
    { type: 'string', format: 'uri' },
    'https://portal.example/',
  ),
  RateLimit: header(
    'What is left of the quota, and in how many seconds it is whole again.',
    { type: 'string' },
    '"read";r=599;t=42',
  ),
  'RateLimit-Policy': header('The quota and its window in seconds.', { type: 'string' }, '"read";q=600;w=60'),
  'Retry-After': header('Seconds after which to try again.', { type: 'integer', minimum: 0 }, 42),
  'X-Session-Idle-Expires': header(
    'When the session ends without further activity.',
    instant,
    '2026-11-23T17:15:00.000Z',
  ),
  'X-Session-Absolute-Expires': header('When it ends whatever happens.', instant, '2026-11-24T01:00:00.000Z'),
  'X-Session-Warn-At': header('When to warn the user of the idle deadline.', instant, '2026-11-23T17:13:00.000Z'),
}

/** The headers of an action's own reply. */
export function replyHeaders({ allow, limit, reply }: Action): Record<string, Json> {
  const names = [
    'X-Request-Id',
    ...(reply.status === 303 ? ['Location'] : []),
    ...(limit === 'none' ? [] : ['RateLimit', 'RateLimit-Policy']),
    ...(allow === 'anyone' ? [] : ['X-Session-Idle-Expires', 'X-Session-Absolute-Expires', 'X-Session-Warn-At']),
  ]
  return Object.fromEntries(names.map(name => [name, { $ref: `#/components/headers/${name}` }]))
}
