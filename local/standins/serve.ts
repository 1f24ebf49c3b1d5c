import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AwsCall, AwsReply, AwsService } from '../aws/service.ts'

/** A listening endpoint for SDK clients. */
export interface Served {
  /** `http://127.0.0.1:<port>` */
  endpoint: string
  /** Closes the port and its connections; the services stay as they are. */
  stop(): Promise<void>
}

/**
 * Serves the services on one port of the loopback, routed by the service name in each call's SigV4 scope. It checks
 * neither signatures nor permissions: it is for tests in the same process. Port 0 takes a free one.
 */
export async function serve(services: readonly AwsService[], port = 0): Promise<Served> {
  const server = createServer(async (request, response) => {
    const reply = await answer(services, request).catch(
      (error: unknown): AwsReply => failure(500, 'InternalFailure', String(error)),
    )
    response.writeHead(reply.status, { ...reply.headers, 'content-length': Buffer.byteLength(reply.body) })
    response.end(reply.body)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close(error => (error ? reject(error) : resolve()))
        server.closeAllConnections()
      }),
  }
}

/** The service name of a call's SigV4 scope, from its header or from its presigned query. */
function scopeOf(headers: Record<string, string>, query: URLSearchParams): string | undefined {
  const credential =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential') ?? ''
  return /\/([^/]+)\/aws4_request$/.exec(credential)?.[1]
}

async function answer(services: readonly AwsService[], request: IncomingMessage): Promise<AwsReply> {
  const call = await read(request)
  const service = services.find(({ names }) => names.includes(call.service))
  if (!service) return failure(400, 'UnknownService', `No local service answers for '${call.service}'.`)
  return service.answer(call)
}

async function read(request: IncomingMessage): Promise<AwsCall> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(',') : value
  }
  return {
    service: scopeOf(headers, url.searchParams) ?? '',
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
  }
}

const failure = (status: number, type: string, message: string): AwsReply => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': type },
  body: JSON.stringify({ __type: type, message }),
})
