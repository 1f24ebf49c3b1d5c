import { Agent, request } from 'node:http'

/** An HTTP answer, read to its end. Header values that came more than once are joined by a comma. */
export interface HttpAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 })

/**
 * Sends one request and reads the whole answer. Written on `node:http` with a kept-alive agent, because it stands in the
 * path of every DynamoDB call and `fetch` costs about three times as much.
 */
export async function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string | Buffer = '',
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  try {
    return await attempt(url, method, headers, body, signal)
  } catch (cause) {
    // The other side closed the kept connection just as it was taken up again: nothing of the request was read.
    if (!(cause instanceof StaleConnection)) throw cause
    return attempt(url, method, headers, body, signal)
  }
}

class StaleConnection extends Error {}

function attempt(
  url: string,
  method: string,
  headers: Record<string, string>,
  body: string | Buffer,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(body))
    const call = request(url, { method, agent, headers: { ...headers, 'content-length': length }, signal }, answer => {
      const chunks: Buffer[] = []
      answer.on('data', chunk => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 500, headers: flat(answer.headers), body: Buffer.concat(chunks) })
      })
    })
    call.on('error', (cause: NodeJS.ErrnoException) => {
      reject(call.reusedSocket && cause.code === 'ECONNRESET' ? new StaleConnection(cause.message) : cause)
    })
    call.end(body)
  })
}

/** Node's headers with every value as one string. */
export function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) result[name] = Array.isArray(value) ? value.join(',') : value
  }
  return result
}
