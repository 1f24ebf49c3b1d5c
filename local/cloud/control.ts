import type { IncomingMessage } from 'node:http'
import { reply as invokeReply } from '../aws/lambda.ts'
import type { HttpReply } from '../gateway/reply.ts'
import { message } from '../gateway/reply.ts'
import type { Logs } from '../lambda/logs.ts'
import { Refused, type Result } from '../lambda/pool.ts'
import type { Traces } from '../lambda/traces.ts'

export interface ControlOptions {
  functions(): object[]
  invoke(functionName: string, event: string): Promise<Result>
  status(): object
  outbox(query: URLSearchParams): unknown
  traces: Traces
  logs: Logs
}

/**
 * The routes under `/_local/`, by which a developer and the tests see into the local cloud and call functions that have no
 * route. They answer this machine alone, and no page of another origin.
 */
export function controlRoutes(options: ControlOptions) {
  return async (request: IncomingMessage, body: () => Promise<Buffer>): Promise<HttpReply | undefined> => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    if (!url.pathname.startsWith('/_local/')) return undefined
    if (!isLocal(request)) return message(403, 'Forbidden')
    const [area = '', name, action] = url.pathname.slice('/_local/'.length).split('/').map(decodeURIComponent)
    const limit = Number(url.searchParams.get('limit') ?? 100)
    const functionName = url.searchParams.get('function') ?? undefined
    if (request.method === 'POST' && area === 'functions' && name && action === 'invocations') {
      return invoke(name, (await body()).toString() || '{}')
    }
    if (request.method !== 'GET') return message(404, 'Not Found')
    switch (area) {
      case 'functions':
        return json(options.functions())
      case 'logs':
        return json(options.logs.tail(limit, functionName))
      case 'outbox':
        return found(await options.outbox(url.searchParams))
      case 'status':
        return json(options.status())
      case 'traces':
        return name ? found(options.traces.find(name)) : json(options.traces.recent(limit, functionName))
      default:
        return message(404, 'Not Found')
    }
  }

  async function invoke(name: string, event: string): Promise<HttpReply> {
    try {
      JSON.parse(event)
    } catch {
      return message(400, 'The event is not JSON')
    }
    try {
      return invokeReply(await options.invoke(name, event))
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause
      return message(cause.code === 'ResourceNotFoundException' ? 404 : 429, cause.message)
    }
  }
}

const json = (value: unknown): HttpReply => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(value, null, 2)}\n`,
})

const found = (value: unknown) => (value === undefined ? message(404, 'Not Found') : json(value))

/** From this machine, and not sent by a browser for some other site's page. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const address = (socket.remoteAddress ?? '').replace('::ffff:', '')
  if (!address.startsWith('127.') && address !== '::1') return false
  return !headers.origin || new URL(headers.origin).host === headers.host
}
