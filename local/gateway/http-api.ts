import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Refused, type Result } from '../lambda/pool.ts'
import type { Route } from '../template/model.ts'
import { newRequestId, toEvent } from './event.ts'
import { matchRoute } from './match.ts'
import { type HttpReply, message, toReply } from './reply.ts'

export interface GatewayOptions {
  port: number
  /** The address to listen on; by default this machine alone. */
  host?: string
  routes(): Route[]
  invoke(functionName: string, event: string, requestId: string): Promise<Result>
  /** Answers what lies outside the API, such as the control routes. Undefined leaves the request to the API. */
  before?(request: IncomingMessage, body: () => Promise<Buffer>): Promise<HttpReply | undefined>
  say?(line: string): void
}

/** API Gateway takes 10 MB, and a Lambda event 6 MB. */
const bodyLimit = 10 * 1024 * 1024
const eventLimit = 6 * 1024 * 1024

class TooLarge extends Error {}

/** Serves an HTTP API: its routes, its event and answer formats, its limits and its own error answers. */
export async function startGateway(options: GatewayOptions): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer({ maxHeaderSize: 16_384, keepAliveTimeout: 60_000 }, (request, response) => {
    const requestId = newRequestId()
    answer(request, requestId)
      .catch(cause => {
        if (cause instanceof TooLarge) return message(413, 'Request Entity Too Large')
        options.say?.(`gateway: ${cause instanceof Error ? cause.stack : cause}`)
        return message(500, 'Internal Server Error')
      })
      .then(reply => write(request, response, reply, requestId))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host ?? '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as { port: number }).port,
    stop: () =>
      new Promise(resolve => {
        // Requests in progress may finish, for a moment.
        const timer = setTimeout(() => server.closeAllConnections(), 2_000)
        server.close(() => {
          clearTimeout(timer)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }

  async function answer(request: IncomingMessage, requestId: string): Promise<HttpReply> {
    const own = await options.before?.(request, () => read(request))
    if (own) return own
    const path = request.url?.split('?')[0] ?? '/'
    const body = await read(request)
    const match = matchRoute(options.routes(), request.method ?? 'GET', path)
    if (!match) return message(404, 'Not Found')
    const event = JSON.stringify(toEvent(request, body, match, requestId))
    if (Buffer.byteLength(event) > eventLimit) return message(413, 'Request Entity Too Large')
    try {
      const result = await within(match.route.timeout, options.invoke(match.route.functionName, event, requestId))
      if (!result) return message(503, 'Service Unavailable')
      if (result.functionError || Buffer.byteLength(result.payload) > eventLimit) {
        return message(500, 'Internal Server Error')
      }
      return toReply(result.payload)
    } catch (cause) {
      if (cause instanceof Refused && cause.code === 'TooManyRequestsException')
        return message(503, 'Service Unavailable')
      throw cause
    }
  }
}

/** The promise's value, or undefined when it takes longer: the integration is given up, and the function runs on. */
async function within<Value>(ms: number, promise: Promise<Value>): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += (chunk as Buffer).length
    // Read to its end all the same, so that the client hears the answer instead of a broken connection.
    if (length <= bodyLimit) chunks.push(chunk as Buffer)
  }
  if (length > bodyLimit) throw new TooLarge()
  return Buffer.concat(chunks)
}

function write(request: IncomingMessage, response: ServerResponse, reply: HttpReply, requestId: string) {
  if (response.destroyed) return
  const bare = request.method === 'HEAD' || reply.status === 204 || reply.status === 304
  const headers = { ...reply.headers, 'apigw-requestid': requestId }
  if (!bare) headers['content-length'] = Buffer.byteLength(reply.body)
  response.writeHead(reply.status, headers).end(bare ? undefined : reply.body)
}
