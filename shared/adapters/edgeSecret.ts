import { AwsClient } from 'aws4fetch'
import { readEdgeSecret, turned } from '../domain/edgeSecret.ts'
import type { Binding } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import { randomToken } from '../kernel/random.ts'
import { rotation } from './rotation.ts'

/** For so long a function may go on with what it fetched before: five minutes, and as many to be sure. */
const settledMs = 10 * 60_000

/** The secret of the edge as the worker that turns it sees it: here in Secrets Manager, and there at CloudFront. */
export const edgeSecret = ({ signal }: Pick<Binding, 'signal'>) => {
  const turn = rotation('origin')
  return {
    /** Makes a version in which what is to come next is shown. Refused while a function may not know yet what that is. */
    make: (version: string): Promise<void> =>
      turn.make(version, ({ text, since }) => {
        const present = readEdgeSecret(text)
        if (present.next !== '' && Date.now() - since.getTime() < settledMs) {
          throw new Problem('conflict', {
            cause: new Error('the origin secret was turned a moment ago: wait ten minutes'),
          })
        }
        return JSON.stringify(turned(present, randomToken()))
      }),

    /** Has the edge show what the version says. */
    async show(version: string): Promise<void> {
      const both = await turn.both(version)
      if (both) await distribution(signal)?.show(readEdgeSecret(both.pending).current)
    },

    /** Throws when the edge shows something else than what the version says. */
    async test(version: string): Promise<void> {
      const both = await turn.both(version)
      const shown = both && (await distribution(signal)?.shown())
      if (both && shown !== undefined && shown !== readEdgeSecret(both.pending).current) {
        throw new Error('the edge shows another secret than the one that was set')
      }
    },

    finish: turn.finish,
  }
}

/** The header's value among the other lines of the configuration. */
const line = /(<HeaderName>x-origin-verify<\/HeaderName>\s*<HeaderValue>)([^<]*)(<\/HeaderValue>)/

/**
 * The edge's own configuration, where there is an edge. It goes back as it came but for the one value: whatever else is in it,
 * known to an SDK or not, stays. CloudFront takes it only if nobody has changed it since.
 */
function distribution(signal: AbortSignal) {
  const { DISTRIBUTION_ID, AWS_ENDPOINT_URL_CLOUDFRONT, AWS_ENDPOINT_URL } = process.env
  if (!DISTRIBUTION_ID) return undefined
  const endpoint = AWS_ENDPOINT_URL_CLOUDFRONT ?? AWS_ENDPOINT_URL ?? 'https://cloudfront.amazonaws.com'
  const url = `${endpoint}/2020-05-31/distribution/${DISTRIBUTION_ID}/config`

  async function read(): Promise<{ text: string; etag: string; value: string }> {
    const answer = await cloudFront().fetch(url, { signal })
    const [text, etag] = [await answer.text(), answer.headers.get('etag')]
    const value = line.exec(text)?.[2]
    if (!answer.ok || !etag || value === undefined) {
      throw new Error(`CloudFront answers ${answer.status}, or has no header for the origin`)
    }
    return { text, etag, value }
  }

  return {
    shown: async (): Promise<string> => (await read()).value,

    async show(secret: string): Promise<void> {
      const { text, etag, value } = await read()
      if (value === secret) return
      const body = text.replace(line, (_, before: string, __, after: string) => `${before}${secret}${after}`)
      const headers = { 'content-type': 'text/xml', 'if-match': etag }
      const answer = await cloudFront().fetch(url, { method: 'PUT', headers, body, signal })
      // The step comes again, and then sees what is there now.
      if (!answer.ok) throw new Error(`CloudFront answers ${answer.status}`)
    },
  }
}

function cloudFront(): AwsClient {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = process.env
  return new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    region: 'us-east-1',
    service: 'cloudfront',
    retries: 3,
  })
}
