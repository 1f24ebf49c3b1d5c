import { type Entry, isAction } from '../../functions/catalogue.ts'
import manifest from '../../package.json' with { type: 'json' }
import type { Action } from '../../shared/kernel/action.ts'
import { splitRoute } from '../../shared/kernel/route.ts'
import { headerComponents } from './headers.ts'
import { operationOf } from './operation.ts'
import { gatherProblems, problemSchema } from './problems.ts'
import { gatherSchemas, type Json } from './schemas.ts'

export interface OpenApi {
  openapi: '3.1.1'
  info: Json
  servers: Json[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Json>>
  components: {
    securitySchemes: Record<string, Json>
    parameters: Record<string, Json>
    headers: Record<string, Json>
    schemas: Record<string, Json>
    responses: Record<string, Json>
  }
}

/** The OpenAPI 3.1 document of all actions. The same declarations give the same bytes, so a stale file is told by comparing. */
export function buildOpenApi(entries: readonly Entry[]): OpenApi {
  const actions = entries.filter(isAction)
  const schemas = gatherSchemas()
  const problems = gatherProblems()
  const paths: OpenApi['paths'] = {}
  for (const entry of actions) {
    const { method, path } = splitRoute(entry.declaration.route)
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(entry, schemas, problems) }
  }
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/', description: 'The host that serves this document' }],
    tags: tagsOf(actions),
    paths,
    components: {
      securitySchemes: { session: sessionCookie, bearer },
      parameters: { 'X-CSRF': csrf, 'X-CSRF-of-session': csrfOfSession },
      headers: headerComponents,
      schemas: sorted({ ...schemas.named, Problem: problemSchema(problems.codes) }),
      responses: sorted(problems.named),
    },
  }
}

const info: Json = {
  title: 'Haven API',
  version: manifest.version,
  description: [
    `${manifest.description}.`,
    'Sign in with `auth.login`; a session lives in a cookie, and every answer to it tells its deadlines in headers. Requests',
    'that change something send the `csrf` of the session as `X-CSRF`. Failures are `application/problem+json` with a',
    'stable `code`. Lists go on at `next`, which is sent back as `cursor`. What belongs to another practice, or to',
    'somebody else, is answered as if it did not exist.',
  ].join('\n'),
  license: { name: 'Proprietary', identifier: 'LicenseRef-Proprietary' },
}

const sessionCookie: Json = {
  type: 'apiKey',
  in: 'cookie',
  name: '__Host-sid',
  description:
    'Set when a sign-in is answered: for this host and HTTPS alone, unseen by scripts. It ends after 15 minutes without activity and after 8 hours.',
}

const bearer: Json = {
  type: 'http',
  scheme: 'bearer',
  description:
    'An API key (`hvn_…`) of a practice, or an access token of `oauth.token`. Beside a session cookie it is refused.',
}

const csrf: Json = {
  name: 'X-CSRF',
  in: 'header',
  required: true,
  description: 'The `csrf` of the session: proof that the request comes from our own page.',
  schema: { type: 'string' },
}

const csrfOfSession: Json = {
  ...csrf,
  required: false,
  description: 'The `csrf` of the session, when the request comes with one and not with a key or token.',
}

/** A domain described by what can be done in it: a new one needs no text of its own. */
const tagsOf = (actions: readonly Entry<Action>[]): OpenApi['tags'] =>
  [...Map.groupBy(actions, ({ domain }) => domain)].map(([name, group]) => ({
    name,
    description: `${group.map(({ declaration }) => declaration.summary).join('; ')}.`,
  }))

const sorted = (named: Record<string, Json>): Record<string, Json> =>
  Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)))
