import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, problem } from './answer.ts'
import { type Fault, type FaultPlace, Faults } from './faults.ts'
import { Intake } from './intake.ts'
import { Store } from './store.ts'

export interface ClearinghouseOptions {
  /** 0 takes a free one. */
  port: number
  /** Everything is kept here, in one SQLite file. */
  dataDir: string
  apiKey: string
  /** Payer ids that are known; claims to others are rejected in the 277CA. Absent: every payer is known. */
  payers?: readonly string[]
}

export interface Clearinghouse {
  url: string
  faults: Faults
  /** Ends open calls, unanswered ones too. */
  stop(): Promise<void>
}

/**
 * A clearinghouse on 127.0.0.1 that takes 837P interchanges over HTTP and answers with the TA1, 999 and 277CA that their
 * bytes deserve. Whatever it answered 2xx survives a kill of the process.
 */
export async function startClearinghouse(options: ClearinghouseOptions): Promise<Clearinghouse> {
  const store = new Store(options.dataDir)
  const faults = new Faults()
  const intake = new Intake(store, faults, options.payers)

  async function route(request: IncomingMessage): Promise<Answer | undefined> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const [, version, collection, id, action] = url.pathname.split('/')
    const call = `${request.method} ${[version, collection, id && ':id', action].filter(Boolean).join('/')}`
    if (version === '_faults') return changeFaults(faults, request)
    if (request.headers.authorization !== `Key ${options.apiKey}`) return problem(401, 'the API key is not known')
    if (call === 'POST v1/submissions') {
      return intake.alone(request.headers['idempotency-key'], async key => {
        return (await spoil(faults, 'submit')) ?? intake.submit(key, await bodyOf(request))
      })
    }
    const spoiled = await spoil(faults, call === 'GET v1/submissions' ? 'find' : 'inbound')
    if (spoiled) return spoiled

    switch (call) {
      case 'GET v1/submissions':
        return { status: 200, body: { items: store.findControlNumber(url.searchParams.get('controlNumber') ?? '') } }
      case 'GET v1/inbound':
        return listInbound(store, url.searchParams.get('limit') ?? '50')
      case 'GET v1/inbound/:id': {
        const body = store.fileBody(id!)
        return body === undefined ? problem(404, 'there is no such file') : { status: 200, body }
      }
      case 'POST v1/inbound/:id/acknowledgement':
        return store.acknowledge(id!, new Date().toISOString())
          ? { status: 204 }
          : problem(404, 'there is no such file')
      default:
        return problem(404, 'there is no such route')
    }
  }

  const server = createServer((request, response) => {
    route(request).then(
      answer => answer && send(response, answer),
      error => send(response, problem(500, error instanceof Error ? error.message : 'unknown')),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    async stop() {
      const closed = new Promise(resolve => server.close(resolve))
      server.closeAllConnections()
      await closed
      store.close()
    },
  }
}

/** Applies the faults that strike before a call is looked at. */
async function spoil(faults: Faults, place: FaultPlace): Promise<Answer | undefined> {
  const slow = faults.spend('slow', place)
  if (slow) await sleep(slow.delay)
  for (const [kind, status] of [['rate-limit', 429] as const, ['unavailable', 503] as const]) {
    const fault = faults.spend(kind, place)
    if (fault) return { ...problem(status, kind), headers: { 'retry-after': String(fault.retryAfter) } }
  }
  return undefined
}

function listInbound(store: Store, limit: string): Answer {
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1) return problem(400, 'limit must be a number from 1 to 999')
  return { status: 200, body: { items: store.waiting(Number(limit)) } }
}

/** `GET`, `POST` (a Fault) and `DELETE /_faults`. Without a key: it is the developer's, on the developer's machine. */
async function changeFaults(faults: Faults, request: IncomingMessage): Promise<Answer> {
  if (request.method === 'DELETE') faults.clear()
  if (request.method === 'POST') {
    try {
      faults.arm(JSON.parse((await bodyOf(request)).toString()) as Fault)
    } catch (error) {
      return problem(400, error instanceof Error ? error.message : 'unknown')
    }
  }
  return { status: 200, body: { items: faults.list() } }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function send(response: ServerResponse, { status, headers, body }: Answer) {
  const isText = typeof body === 'string'
  const content = body === undefined ? {} : { 'content-type': isText ? 'application/edi-x12' : 'application/json' }
  response.writeHead(status, { ...content, ...headers })
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body))
}
