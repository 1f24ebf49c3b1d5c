import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { account } from '../aws/service.ts'
import { flat } from '../http.ts'
import { decode, type Match } from './match.ts'

/** An event of payload format 2.0, as far as this gateway fills it. */
export interface HttpEvent {
  version: '2.0'
  routeKey: string
  rawPath: string
  rawQueryString: string
  cookies?: string[]
  headers: Record<string, string>
  queryStringParameters?: Record<string, string>
  requestContext: object
  body?: string
  pathParameters?: Record<string, string>
  isBase64Encoded: boolean
}

/** A request's id in API Gateway's form, which is also its answer's `apigw-requestid`. */
export function newRequestId(): string {
  return `${randomBytes(11).toString('base64url').slice(0, 15)}=`
}

/**
 * The event of an HTTP API's Lambda integration, payload format 2.0: names in lower case, repeated headers and query
 * values joined by commas, cookies apart, the path decoded and a body that is not text in base64.
 */
export function toEvent(request: IncomingMessage, body: Buffer, match: Match, requestId: string): HttpEvent {
  const [path = '/', query = ''] = splitOnce(request.url ?? '/', '?')
  const { cookie, ...distinct } = request.headersDistinct
  const { connection: _, 'keep-alive': __, 'transfer-encoding': ___, ...headers } = flat(distinct)
  const cookies = cookie?.flatMap(header => header.split(/;\s*/)).filter(Boolean)
  const sourceIp = (request.socket.remoteAddress ?? '127.0.0.1').replace('::ffff:', '')
  const rawPath = decode(path)
  const now = new Date()
  const isBase64Encoded = body.length > 0 && !isText(headers)
  const host = (headers.host ?? 'localhost').replace(/:\d+$/, '')
  return {
    version: '2.0',
    routeKey: match.route.key,
    rawPath,
    rawQueryString: query,
    ...(cookies?.length ? { cookies } : {}),
    headers: {
      ...headers,
      'content-length': String(body.length),
      'x-amzn-trace-id': `Root=1-${Math.floor(now.getTime() / 1_000).toString(16)}-${randomBytes(12).toString('hex')}`,
      'x-forwarded-for': headers['x-forwarded-for'] ? `${headers['x-forwarded-for']}, ${sourceIp}` : sourceIp,
      'x-forwarded-port': String(request.socket.localPort ?? 443),
      'x-forwarded-proto': headers['x-forwarded-proto'] ?? 'http',
    },
    ...(query ? { queryStringParameters: queryOf(query) } : {}),
    requestContext: {
      accountId: account,
      apiId: 'local',
      domainName: host,
      domainPrefix: host.split('.')[0],
      http: {
        method: request.method,
        path: rawPath,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey: match.route.key,
      stage: '$default',
      time: logTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length ? { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') } : {}),
    ...(Object.keys(match.parameters).length ? { pathParameters: match.parameters } : {}),
    isBase64Encoded,
  }
}

function isText(headers: Record<string, string>): boolean {
  if (headers['content-encoding']) return false
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  return !type || /^text\/|^application\/(json|xml|javascript|[\w.-]+\+(json|xml))$/.test(type)
}

function queryOf(query: string): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of new URLSearchParams(query)) {
    result[name] = name in result ? `${result[name]},${value}` : value
  }
  return result
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

/** The Common Log Format's time, such as `12/Mar/2020:19:03:58 +0000`. */
function logTime(date: Date): string {
  const day = String(date.getUTCDate()).padStart(2, '0')
  return `${day}/${months[date.getUTCMonth()]}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
