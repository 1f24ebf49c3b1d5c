import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Entry } from '../../functions/catalogue.ts'
import type { Action } from '../../shared/kernel/action.ts'

const formType = 'application/x-www-form-urlencoded'

/** The types of body that an action takes. */
export const contentTypesOf = ({ form }: Action): string[] =>
  form === 'only' ? [formType] : ['application/json', ...(form ? [formType] : [])]

const events = resolve(import.meta.dirname, '..', '..', 'events')

/** What the sample of an action sends: examples for the document that the tests hold against the action's own schemas. */
export interface Sample {
  params: Record<string, string>
  query: Record<string, string>
  body?: unknown
}

/** Reads `events/<domain>/<action>.json`. An action without one cannot be described, and this says so. */
export function sampleOf({ id, domain, name }: Pick<Entry, 'id' | 'domain' | 'name'>): Sample {
  const { pathParameters, queryStringParameters, headers, body } = read(id, domain, name)
  return {
    params: pathParameters ?? {},
    query: queryStringParameters ?? {},
    ...(body !== undefined && { body: bodyOf(headers['content-type'], body) }),
  }
}

interface HttpEvent {
  pathParameters?: Record<string, string>
  queryStringParameters?: Record<string, string>
  headers: Record<string, string>
  body?: string
}

const bodyOf = (type: string | undefined, body: string): unknown =>
  type === formType ? Object.fromEntries(new URLSearchParams(body)) : JSON.parse(body)

function read(id: string, domain: string, name: string): HttpEvent {
  try {
    return JSON.parse(readFileSync(resolve(events, domain, `${name}.json`), 'utf8')) as HttpEvent
  } catch (cause) {
    throw new Error(`${id} needs a sample request: events/${domain}/${name}.json`, { cause })
  }
}
