import { Problem } from '../../kernel/problem.ts'
import { mayAsk, type Provider } from './providers.ts'

/** How long one answer of a provider may take. Three of them fit into a callback. */
const patienceMs = 3_000

/** Bytes of the largest answer that is read, unpacked: sets of keys are a tenth of it. */
const largest = 131_072

/** What `fetch` is asked, as far as the protocol needs it. */
interface Request {
  method: string
  headers?: Record<string, string>
  body?: URLSearchParams | undefined
  signal?: AbortSignal | undefined
}

/**
 * The one way to a provider: its own hosts over HTTPS, no redirect, a deadline and a limit of size. What does not answer is a
 * problem that passes; where it must not go is a fault of the configuration.
 */
export const askOf =
  (provider: Provider) =>
  async (url: string, { method, headers = {}, body, signal }: Request): Promise<Response> => {
    if (!mayAsk(provider, url)) throw new Error('an identity provider names a host that is not configured for it')
    const deadline = AbortSignal.timeout(patienceMs)
    try {
      const response = await fetch(url, {
        method,
        headers,
        ...(body && { body }),
        redirect: 'error',
        signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
      })
      const bytes = await read(response)
      if (response.status >= 500) throw new Error(`an identity provider answered ${response.status}`)
      return new Response(bytes, { status: response.status, headers: response.headers })
    } catch (cause) {
      throw new Problem('unavailable', { retryAfter: 5, cause })
    }
  }

async function read({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body ?? []) {
    length += chunk.length
    if (length > largest) throw new Error('an identity provider answered more than is read')
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}
