import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { extname, join, normalize, resolve } from 'node:path'
import { runInNewContext } from 'node:vm'
import { everywhere, page } from '../../shared/kernel/securityHeaders.ts'

export interface EdgeOptions {
  /** The API behind it, `http://127.0.0.1:3000`. */
  api: string
  /** The folder of the portal's files. */
  pages: string
  key: string
  certificate: string
  port?: number
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** The first byte of a TLS handshake: what begins otherwise is plain HTTP. */
const handshake = 22

/**
 * The edge as it stands in the cloud, on one port: HTTP is led to HTTPS, `/api/` goes to the API, all else is the portal's file,
 * by the same function and with the same headers that CloudFront has.
 */
export async function startEdge(options: EdgeOptions): Promise<{ port: number; stop(): Promise<void> }> {
  const secure = createTlsServer(
    { key: options.key, cert: options.certificate, minVersion: 'TLSv1.2' },
    (asked, answer) =>
      asked.url?.startsWith('/api/') ? toApi(options.api, asked, answer) : toPage(options.pages, asked, answer),
  )
  const plain = createServer((asked, answer) => {
    answer.writeHead(301, { location: `https://${asked.headers.host}${asked.url}` }).end()
  })
  const sockets = new Set<Socket>()
  const listener = createSocketServer(socket => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    socket.once('readable', () => {
      const first = socket.read(1) as Buffer | null
      if (!first) return socket.destroy()
      socket.unshift(first)
      ;(first[0] === handshake ? secure : plain).emit('connection', socket)
    })
  })
  await new Promise<void>((done, failed) => {
    listener.once('error', failed).listen(options.port ?? 0, '127.0.0.1', done)
  })
  return {
    port: (listener.address() as AddressInfo).port,
    stop: () =>
      new Promise(done => {
        for (const socket of sockets) socket.destroy()
        listener.close(() => done())
      }),
  }
}

function toApi(api: string, asked: IncomingMessage, answer: ServerResponse): void {
  const onward = request(new URL(asked.url ?? '/', api), { method: asked.method, headers: asked.headers }, reply => {
    answer.writeHead(reply.statusCode ?? 502, { ...(reply.headers as IncomingHttpHeaders), ...everywhere })
    reply.pipe(answer)
  })
  onward.on('error', () => answer.writeHead(502, everywhere).end())
  asked.pipe(onward)
}

/** The function that runs at CloudFront for each page, from the file that is deployed. */
const rewritten = (uri: string): string => {
  const code = readFileSync(resolve(import.meta.dirname, '..', '..', 'stacks', 'edge', 'pages.js'), 'utf8')
  return runInNewContext(`${code}; handler({ request: { uri: ${JSON.stringify(uri)} } }).uri`) as string
}

function toPage(pages: string, asked: IncomingMessage, answer: ServerResponse): void {
  if (asked.method !== 'GET' && asked.method !== 'HEAD') return void answer.writeHead(403, page).end()
  const { pathname } = new URL(asked.url ?? '/', 'https://portal')
  const file = join(pages, normalize(rewritten(pathname)))
  // To whoever may not list a bucket, a missing object is a forbidden one.
  if (!existsSync(file)) return void answer.writeHead(403, page).end()
  answer.writeHead(200, { ...page, 'content-type': types[extname(file)] ?? 'application/octet-stream' })
  answer.end(asked.method === 'HEAD' ? undefined : readFileSync(file))
}
