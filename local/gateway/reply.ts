import type { OutgoingHttpHeaders } from 'node:http'

/** An answer as it goes to the client. */
export interface HttpReply {
  status: number
  headers: OutgoingHttpHeaders
  body: string | Buffer
}

interface Structured {
  statusCode: unknown
  headers?: Record<string, string | number | boolean>
  cookies?: string[]
  body?: unknown
  isBase64Encoded?: boolean
}

/** API Gateway's own answers: its JSON has this one field. */
export function message(status: number, text: string): HttpReply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message: text }) }
}

/**
 * Turns a handler's result into the client's answer, by the rules of payload format 2.0: without a `statusCode` the whole
 * result is a JSON body of a 200; with one it is a full answer, and a malformed one is a 500.
 */
export function toReply(payload: string): HttpReply {
  const result = JSON.parse(payload) as unknown
  if (typeof result !== 'object' || result === null || !('statusCode' in result)) {
    const body = typeof result === 'string' ? result : payload
    return { status: 200, headers: { 'content-type': 'application/json' }, body }
  }
  const { statusCode, headers = {}, cookies, body = '', isBase64Encoded } = result as Structured
  const status = Number(statusCode)
  const malformed = !Number.isInteger(status) || status < 100 || status > 599 || typeof body !== 'string'
  if (malformed || (cookies && !Array.isArray(cookies))) return message(500, 'Internal Server Error')
  const answered: OutgoingHttpHeaders = { 'content-type': 'text/plain; charset=utf-8' }
  for (const [name, value] of Object.entries(headers)) answered[name.toLowerCase()] = String(value)
  if (cookies?.length) answered['set-cookie'] = cookies
  return { status, headers: answered, body: isBase64Encoded ? Buffer.from(body, 'base64') : body }
}
