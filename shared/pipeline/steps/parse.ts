import { Problem } from '../../kernel/problem.ts'
import { isSafe } from '../../kernel/route.ts'
import type { Step } from '../request.ts'

/** The largest body that an action takes, in bytes: a claim of fifty lines is a tenth of it. */
const largestBody = 262_144

const isJson = /^application\/json(;\s*charset=utf-8)?$/i
const isForm = /^application\/x-www-form-urlencoded(;\s*charset=utf-8)?$/i

/** A form's fields, each of which stands once (RFC 6749 §3.1). */
function fieldsOf(text: string): Record<string, string> {
  const fields = [...new URLSearchParams(text)]
  if (new Set(fields.map(([name]) => name)).size < fields.length) throw new Problem('malformed-request')
  return Object.fromEntries(fields)
}

/** What the path names, as far as it has the form of an id of ours: a refusal before validation is told of it too. */
function idsOf(given: Record<string, string | undefined> = {}): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value && idForm.test(value)))
}

const idForm = /^[a-z]{3}_[0-9A-HJKMNP-TV-Z]{20}$/

/**
 * Reads the body as JSON, and nothing else: another content type could be sent by a page that is not ours. The one exception
 * is an action that declares a form, and that takes nothing but a form.
 */
export const parse: Step = {
  before: ({ event, internal: { state } }) => {
    state.params = idsOf(event.pathParameters)
    const { body, isBase64Encoded, headers, requestContext } = event
    if (isSafe(requestContext.http.method) || !body) return
    const type = headers['content-type'] ?? ''
    const { form } = state.action
    if (!(form ? isForm : isJson).test(type)) throw new Problem('unsupported-media-type')
    const text = isBase64Encoded ? Buffer.from(body, 'base64').toString() : body
    if (Buffer.byteLength(text) > largestBody) throw new Problem('payload-too-large')
    if (form) {
      state.json = fieldsOf(text)
      return
    }
    try {
      state.json = JSON.parse(text)
    } catch {
      throw new Problem('malformed-request', { errors: [{ path: 'body', message: 'must be JSON' }] })
    }
  },
}
