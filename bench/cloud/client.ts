import { Agent, request } from 'node:http'
import { csrfToken } from '../../shared/domain/cookies.ts'

/** An answer, the time it took, and API Gateway's id of the request. */
export interface Answer {
  status: number
  // A benchmark looks into replies as a page's script would.
  // biome-ignore lint/suspicious/noExplicitAny: replies have many shapes
  body: any
  ms: number
  requestId: string
  /** The session that the answer's cookie opens. */
  token: string | undefined
}

/**
 * A loopback address that nobody has called from: sign-ins are limited by address, and all of 127.0.0.0/8 is this machine.
 */
export const freshAddress = (): string => `127.${octet()}.${octet()}.${octet()}`

const octet = () => 1 + Math.floor(Math.random() * 254)

/** A browser at the API: one kept connection for each request in progress, one session, one trusted device, one address. */
export class Client {
  readonly #base: string
  readonly #agent: Agent
  #device: string | undefined
  token: string | undefined
  /** An API key or an access token: in place of a session. */
  bearer: string | undefined

  constructor(base: string, token?: string, address = freshAddress()) {
    this.#base = base
    this.#agent = new Agent({ keepAlive: true, localAddress: address })
    this.token = token
  }

  send(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body)
    const headers = {
      ...(text && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      ...(this.bearer && { authorization: `Bearer ${this.bearer}` }),
      cookie: [this.token && `__Host-sid=${this.token}`, this.#device && `__Host-did=${this.#device}`]
        .filter(Boolean)
        .join('; '),
      ...(this.token && method !== 'GET' && { 'sec-fetch-site': 'same-origin', 'x-csrf': csrfToken(this.token) }),
    }
    return new Promise((resolve, reject) => {
      const began = performance.now()
      const call = request(this.#base + path, { method, headers, agent: this.#agent }, response => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const ms = performance.now() - began
          for (const cookie of response.headers['set-cookie'] ?? []) {
            const [, device] = /^__Host-did=([^;]*)/.exec(cookie) ?? []
            if (device !== undefined) this.#device = device
          }
          const answered = Buffer.concat(chunks).toString()
          const isJson = answered && response.headers['content-type']?.includes('json')
          resolve({
            status: response.statusCode ?? 0,
            body: isJson ? JSON.parse(answered) : answered,
            ms,
            requestId: String(response.headers['apigw-requestid'] ?? ''),
            token: /^__Host-sid=([^;]+)/.exec(response.headers['set-cookie']?.[0] ?? '')?.[1],
          })
        })
      })
      call.on('error', reject)
      call.end(text)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
