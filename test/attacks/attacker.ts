import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { inject } from 'vitest'
import { csrfToken } from '../../shared/domain/cookies.ts'
import { splitRoute } from '../../shared/kernel/route.ts'
import type { Role } from '../../shared/schema/identity.ts'
import { actions, roles, type Sample } from '../generated/samples.ts'
import type { TestPractice } from '../harness/index.ts'
import { remember } from './denials.ts'

const { port } = inject('target')

/** The name by which requests call the system; the system itself must not care. */
export const host = `127.0.0.1:${port}`

/** The portal's address, as the system itself was told. */
export const origin = `http://localhost:${port}`

/**
 * A loopback address that nobody has called from: sign-ins are limited by address, and all of 127.0.0.0/8 is this machine.
 */
export const freshAddress = (): string => `127.${randomInt(1, 255)}.${randomInt(0, 255)}.${randomInt(1, 255)}`

export interface Shot {
  method?: string
  /** As it goes into the request line, below `/api/v1` unless it begins with something else than a slash and a letter. */
  path: string
  headers?: Record<string, string | readonly string[] | undefined>
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is. */
  raw?: string | Buffer
  /** The session whose cookie, and for unsafe methods whose proof of our own page, goes with it. */
  token?: string | undefined
  from?: string
}

export interface Answer {
  status: number
  headers: Record<string, string>
  cookies: string[]
  text: string
  // An attacker looks into whatever comes back.
  // biome-ignore lint/suspicious/noExplicitAny: replies have many shapes
  body: any
  ms: number
  asked: Shot
}

/** One request, on a connection of its own. */
export const fire = async (shot: Shot): Promise<Answer> => (await volley([shot]))[0] as Answer

/**
 * Requests at one moment: all connections are open before the first byte is written, and then everything is written in one
 * turn of the event loop. Nothing is ever sent twice.
 */
export async function volley(shots: readonly Shot[]): Promise<Answer[]> {
  const messages = shots.map(encode)
  const sockets = await Promise.all(shots.map(({ from = freshAddress() }) => open(from)))
  const answers = sockets.map((socket, index) => read(socket, shots[index] as Shot))
  for (const [index, socket] of sockets.entries()) socket.write(messages[index] as Buffer)
  return Promise.all(answers)
}

/**
 * Has as many environments of an action running as a race will need. Starting them takes a machine of two cores longer than
 * some functions have, and a race of which half times out proves nothing.
 */
export async function warm(method: string, path: string, count = 20): Promise<void> {
  await volley(Array.from({ length: count }, () => ({ method, path })))
}

/** Does something for each, a few at a time, in their order: for what is no race and need not wait for one answer after another. */
export async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>, abreast = 3): Promise<R[]> {
  const done: R[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) done[index] = await work(items[index] as T)
  }
  await Promise.all(Array.from({ length: abreast }, worker))
  return done
}

/** One session of each role. A sweep that opened one for each request would have its oldest ended: a user may have five. */
export const tokensOf = async (practice: TestPractice): Promise<Record<Role, string>> =>
  Object.fromEntries(
    await Promise.all(roles.map(async role => [role, (await practice.as(role)).token] as const)),
  ) as Record<Role, string>

/** How many answers there were of each kind. */
export const tally = (answers: readonly Answer[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(answers, ({ status, body }) => `${status} ${body?.code ?? ''}`.trim())].map(
      ([kind, { length }]) => [kind, length],
    ),
  )

/** Waits where a window of a limit is about to end: what is counted on both sides of its end is counted twice. */
export async function insideWindow(seconds: number, needed = 5): Promise<void> {
  const left = seconds - ((Date.now() / 1_000) % seconds)
  if (left < needed) await pause(left * 1_000)
}

/** Bytes as they are; what comes back before the other side hangs up. */
export async function wire(bytes: string | Buffer): Promise<string> {
  const socket = await open(freshAddress())
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  socket.on('error', () => {})
  socket.setTimeout(3_000, () => socket.destroy())
  socket.write(bytes)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('latin1')
}

/** A session in an attacker's hands. */
export interface Hand {
  token: string
  fire: (method: string, path: string, more?: Partial<Shot>) => Promise<Answer>
}

export const holding = (token: string, from = freshAddress()): Hand => ({
  token,
  fire: (method, path, more) => fire({ method, path, token, from, ...more }),
})

/** The session that an answer's cookie opens. */
export const tokenIn = ({ cookies }: Answer): string => /^__Host-sid=([^;]+);/.exec(cookies[0] ?? '')?.[1] ?? ''

/** The request of an action, as its client would make it. */
export function shotOf(id: string, { params, query, body }: Sample): Shot & { method: string } {
  const action = actions.find(entry => entry.id === id)
  if (!action) throw new Error(`there is no action ${id}`)
  const { method, path } = splitRoute(action.declaration.route)
  const named = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const search = new URLSearchParams(query).toString()
  return { method, path: search ? `${named}?${search}` : named, ...(body !== undefined && { body }) }
}

function encode({ method = 'GET', path, headers = {}, body, raw, token }: Shot): Buffer {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const safe = method === 'GET' || method === 'HEAD'
  const all: NonNullable<Shot['headers']> = {
    host,
    connection: 'close',
    ...(content !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(content)),
    }),
    ...(token && { cookie: `__Host-sid=${token}` }),
    ...(token && !safe && { 'sec-fetch-site': 'same-origin', 'x-csrf': csrfToken(token) }),
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map(one => `${name}: ${one}`),
  )
  const target = /^\/(?!api\/)[a-z]/.test(path) ? `/api/v1${path}` : path
  const head = [`${method} ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(content ?? '')])
}

async function open(localAddress: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true })
  await once(socket, 'connect')
  return socket
}

async function read(socket: Socket, asked: Shot): Promise<Answer> {
  const began = performance.now()
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  // A server that refuses a request may close while the rest of it is on its way.
  socket.on('error', () => {})
  await once(socket, 'close')
  const ms = performance.now() - began
  const bytes = Buffer.concat(chunks)
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const fields = lines.map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)])
  const headers: Record<string, string> = Object.fromEntries(fields)
  const text = bytes.subarray(end + 4).toString()
  const answer: Answer = {
    status: Number(first.split(' ')[1] ?? 0),
    headers,
    cookies: fields.filter(([name]) => name === 'set-cookie').map(([, value = '']) => value),
    text,
    body: text && headers['content-type']?.includes('json') ? JSON.parse(text) : text,
    ms,
    asked,
  }
  remember(answer)
  return answer
}
