import type * as z from 'zod'
import { type FieldError, Problem } from '../../kernel/problem.ts'
import type { Step } from '../request.ts'

/** Every part of a request against its schema, all faults at once; a part without a schema must be empty. */
export const validate: Step = {
  before: ({ event, internal: { state } }) => {
    const { action } = state
    const errors: FieldError[] = []
    state.params = check('params', action.params, event.pathParameters ?? {}, errors)
    state.query = check('query', action.query, event.queryStringParameters ?? {}, errors)
    state.body = checkBody(action.body, state.json, errors)
    if (errors.length > 0) throw new Problem('validation-failed', { errors: errors.slice(0, 50) })
  },
}

function check(
  part: string,
  schema: z.ZodType | undefined,
  given: Record<string, unknown>,
  errors: FieldError[],
): unknown {
  if (schema) return collect(part, schema, given, errors)
  const unknown = Object.keys(given)
  if (unknown.length > 0 && part === 'query') errors.push({ path: part, message: 'takes no parameters' })
  return {}
}

function checkBody(schema: z.ZodType | undefined, given: unknown, errors: FieldError[]): unknown {
  if (schema) return collect('body', schema, given, errors)
  const empty = given === undefined || (typeof given === 'object' && given !== null && Object.keys(given).length === 0)
  if (!empty) errors.push({ path: 'body', message: 'must be empty' })
  return undefined
}

function collect(part: string, schema: z.ZodType, given: unknown, errors: FieldError[]): unknown {
  const result = schema.safeParse(given)
  if (result.success) return result.data
  for (const issue of flatten(result.error.issues))
    errors.push({ path: [part, ...issue.path].join('.'), message: issue.message })
  return undefined
}

/** Unknown fields are named one by one; a name of the client's own is cut short, and its value never repeated. */
function flatten(issues: readonly z.core.$ZodIssue[]): { path: PropertyKey[]; message: string }[] {
  return issues.flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map(key => ({ path: [...issue.path, fieldName(key)], message: 'is not a known field' }))
      : [
          {
            path: [...issue.path.map(part => (typeof part === 'string' ? fieldName(part) : part))],
            message: plain(issue),
          },
        ],
  )
}

const fieldName = (key: string): string => key.replace(/[^\w-]/g, '?').slice(0, 40)

/** zod's own texts name types and bounds, not values; a missing field is said to be missing. */
const plain = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && issue.input === undefined && /undefined/.test(issue.message)
    ? 'is required'
    : issue.message
