import { Problem } from '../../kernel/problem.ts'
import { isSafe } from '../../kernel/route.ts'
import type { Step } from '../request.ts'

/** The largest body that an action takes, in bytes: a claim of fifty lines is a tenth of it. */
const largestBody = 262_144

const isJson = /^application\/json(;\s*charset=utf-8)?$/i
const isForm = /^application\/x-www-form-urlencoded(;\s*charset=utf-8)?$/i

/** What the path names, as far as it has the form of an id of ours: a refusal before validation is told of it too. */
function idsOf(given: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value && id.test(value)))
}

const id = /^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{20}$/

/**
 * Reads the body as JSON, and nothing else: another content type could be sent by a page that is not ours. An action that
 * declares it takes a form, in place of JSON or beside it.
 */
export const parse: Step = {
  before: ({ event, internal: { state } }) => {
    state.params = idsOf(event.pathParameters)
    const { body, isBase64Encoded, headers, requestContext } = event
    const { form } = state.action
    if (isSafe(requestContext.http.method) || !body) return
    const type = headers['content-type'] ?? ''
    const asForm = form !== undefined && isForm.test(type)
    if (!asForm && (form === 'only' || !isJson.test(type))) throw new Problem('unsupported-media-type')
    const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body
    if (Buffer.byteLength(text) > largestBody) throw new Problem('payload-too-large')
    state.json = asForm ? readForm(text) : readJson(text)
    if (form === 'too') state.json = withClient(state.json, headers.authorization)
  },
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('must be JSON')
  }
}

/** Each field once (RFC 6749 §3.2): of two it would be a guess which one is meant. */
function readForm(text: string): unknown {
  const fields = [...new URLSearchParams(text)]
  if (new Set(fields.map(([name]) => name)).size < fields.length) throw malformed('must hold no field twice')
  return Object.fromEntries(fields)
}

/** A client that shows its secret in the header (RFC 6749 §2.3.1) and not in the body; never in both. */
function withClient(body: unknown, authorization: string | undefined): unknown {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization ?? '') ?? []
  if (!encoded || typeof body !== 'object' || body === null) return body
  if ('client_secret' in body) throw malformed('must hold no secret beside that of the header')
  const [, id = '', secret = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  const plain = (text: string) => new URLSearchParams(`_=${text}`).get('_') ?? ''
  return { ...body, client_id: plain(id), client_secret: plain(secret) }
}

const malformed = (message: string) => new Problem('malformed-request', { errors: [{ path: 'body', message }] })
