import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { flat } from '../http.ts'
import type { Policy } from '../template/model.ts'
import { errorReply, isQuery } from './denial.ts'
import type { Put } from './dynamodb.ts'
import { refuse } from './iam.ts'
import { operator } from './json.ts'
import type { AwsCall, AwsReply, AwsService } from './service.ts'

/** Who signed a call: a function's environment, with the policies of its role and the request it is busy with. */
export interface Caller {
  arn: string
  policies: Policy[]
  requestId?: string
}

/** One call to AWS: when the function made it, in milliseconds since the epoch, how long it took and what it consumed. */
export interface CallRecord {
  requestId?: string
  service: string
  operation: string
  startedAt: number
  ms: number
  readUnits: number
  writeUnits: number
  /** Of the table: what the keys that it names begin with, and the items that it puts. */
  spaces: string[]
  puts: Put[]
  status: number
}

export interface EndpointOptions {
  services: AwsService[]
  /** The caller that an access key names, or undefined when none does. */
  caller(accessKey: string): Caller | undefined
  port?: number
  record?(call: CallRecord): void
  say?(line: string): void
}

/** A listening endpoint. */
export interface Endpoint {
  url: string
  port: number
  stop(): Promise<void>
}

/**
 * Serves all AWS services on one port: the SigV4 scope names the service, the access key the caller. Each call is first
 * held against the caller's policies and refused as AWS would, so a missing grant shows here and not in the cloud.
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const services = new Map(options.services.flatMap(service => service.names.map(name => [name, service] as const)))
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    handle(request, response).catch(cause => {
      options.say?.(`aws: ${cause instanceof Error ? (cause.stack ?? cause.message) : cause}`)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    stop: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  async function handle(request: IncomingMessage, response: ServerResponse) {
    const arrivedAt = performance.timeOrigin + performance.now()
    const { accessKey, call } = await read(request)
    const startedAt = Number(call.headers['x-local-sent'] ?? arrivedAt)
    const caller = options.caller(accessKey)
    const reply = await answer(call, accessKey, caller)
    const {
      'x-local-read-units': read_,
      'x-local-write-units': written,
      'x-local-spaces': spaces,
      'x-local-puts': puts = '[]',
      ...headers
    } = reply.headers
    options.record?.({
      requestId: caller?.requestId,
      service: call.service,
      operation: operationOf(call),
      startedAt,
      ms: performance.timeOrigin + performance.now() - startedAt,
      readUnits: Number(read_ ?? 0),
      writeUnits: Number(written ?? 0),
      spaces: spaces ? spaces.split(',') : [],
      puts: JSON.parse(puts) as Put[],
      status: reply.status,
    })
    const body = request.method === 'HEAD' ? undefined : reply.body
    if (body !== undefined) headers['content-length'] = String(Buffer.byteLength(body))
    response.writeHead(reply.status, headers).end(body)
  }

  async function answer(call: AwsCall, accessKey: string, caller?: Caller): Promise<AwsReply> {
    const service = services.get(call.service)
    if (!service) return unknown(call, `no local service answers for "${call.service}"`)
    if (accessKey !== operator) {
      if (!caller) {
        const message = `The security token included in the request is invalid: no function has the key ${accessKey}.`
        return errorReply(call, 'UnrecognizedClientException', message)
      }
      for (const need of service.needs(call)) {
        const refusal = refuse(caller, need)
        if (!refusal) continue
        options.say?.(`aws: ${refusal}`)
        return errorReply(call, 'AccessDeniedException', refusal)
      }
    }
    const reply = await service.answer(call)
    return reply.status === 501 ? unknown(call, String(reply.body)) : reply
  }

  function unknown(call: AwsCall, why: string): AwsReply {
    options.say?.(`aws: 501 ${call.service} ${operationOf(call)}: ${why}`)
    return errorReply(call, 'NotImplemented', `Not available locally: ${operationOf(call)}: ${why}`, 501)
  }
}

async function read(request: IncomingMessage): Promise<{ accessKey: string; call: AwsCall }> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const headers = flat(request.headers)
  // A presigned URL carries the scope in its query.
  const scope =
    /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? url.searchParams.get('X-Amz-Credential')
  const [accessKey = '', , , service = ''] = scope?.split('/') ?? []
  return {
    accessKey,
    call: {
      service,
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers,
      body: Buffer.concat(chunks),
    },
  }
}

/** What to call the operation in traces and messages: its target, its query action, or the method and path. */
export function operationOf(call: AwsCall): string {
  const target = call.headers['x-amz-target']
  if (target) return target.slice(target.lastIndexOf('.') + 1)
  if (isQuery(call)) return new URLSearchParams(call.body.toString()).get('Action') ?? 'Unknown'
  return `${call.method} ${call.path}`
}
