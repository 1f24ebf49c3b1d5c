import { STATUS_CODES } from 'node:http'
import type { Entry } from '../../functions/catalogue.ts'
import { type Action, acceptsBearer } from '../../shared/kernel/action.ts'
import { isSafe, splitRoute } from '../../shared/kernel/route.ts'
import { replyHeaders } from './headers.ts'
import type { ProblemAnswers } from './problems.ts'
import { contentTypesOf, type Sample, sampleOf } from './samples.ts'
import type { Json, Schemas } from './schemas.ts'

/** One action as an OpenAPI operation: nothing in it is written by hand but what the declaration says. */
export function operationOf(entry: Entry<Action>, schemas: Schemas, problems: ProblemAnswers): Json {
  const { id, domain, declaration } = entry
  const sample = sampleOf(entry)
  const parameters = parametersOf(declaration, sample, schemas)
  return {
    operationId: id,
    tags: [domain],
    summary: declaration.summary,
    description: describe(declaration),
    security: securityOf(declaration),
    'x-permission': declaration.allow,
    'x-rate-limit': declaration.limit,
    ...(parameters.length > 0 && { parameters }),
    ...(declaration.body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          contentTypesOf(declaration).map(type => [
            type,
            {
              schema: schemas.describe(declaration.body as NonNullable<Action['body']>, 'input'),
              example: sample.body,
            },
          ]),
        ),
      },
    }),
    responses: { [declaration.reply.status]: replyOf(declaration, schemas), ...problems.describe(declaration) },
  }
}

const securityOf = (action: Action): Json[] => [
  ...(action.allow === 'anyone' ? [] : [{ session: [] }]),
  ...(acceptsBearer(action) ? [{ bearer: [] }] : []),
]

function describe({ allow, audit, idle, limit }: Action): string {
  const who = {
    anyone: 'Open to anybody.',
    'signed-in': 'Needs a session.',
    'pending-mfa': 'Needs a session, which may still owe its second factor.',
  }
  return [
    who[allow as keyof typeof who] ?? `Needs a session with the permission \`${allow}\`.`,
    limit === 'none' ? 'Not limited.' : `Limited as \`${limit}\`.`,
    ...(audit ? [`Audited as \`${audit.action}\` of \`${audit.entity}\`.`] : []),
    ...(idle === 'stays' && allow !== 'anyone' ? ["Does not count as the user's activity."] : []),
  ].join(' ')
}

/** A program proves itself by its key or token alone. */
const csrfOf = (action: Action) => (acceptsBearer(action) ? 'X-CSRF-of-session' : 'X-CSRF')

function parametersOf(action: Action, sample: Sample, schemas: Schemas): Json[] {
  const { allow, params, query, route } = action
  const { method } = splitRoute(route)
  const inPath = params ? fieldsOf('path', schemas.describe(params, 'input'), sample.params) : []
  const inQuery = query ? fieldsOf('query', schemas.describe(query, 'input'), sample.query) : []
  const proof = allow !== 'anyone' && !isSafe(method) ? [{ $ref: `#/components/parameters/${csrfOf(action)}` }] : []
  return [...inPath, ...inQuery, ...proof]
}

function fieldsOf(place: 'path' | 'query', object: Json, sample: Record<string, string>): Json[] {
  const required = (object.required ?? []) as string[]
  return Object.entries((object.properties ?? {}) as Record<string, Json>).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
    ...(sample[name] !== undefined && { example: typedValue(sample[name], schema) }),
  }))
}

/** A query's text as the value that its schema speaks of. */
const typedValue = (text: string, { type }: Json): unknown =>
  type === 'integer' || type === 'number' ? Number(text) : type === 'boolean' ? text === 'true' : text

function replyOf(action: Action, schemas: Schemas): Json {
  const { status, schema, type = 'application/json' } = action.reply
  return {
    description: STATUS_CODES[status],
    headers: replyHeaders(action),
    ...(status !== 204 && status !== 303 && { content: { [type]: { schema: schemas.describe(schema, 'output') } } }),
  }
}
