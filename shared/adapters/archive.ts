import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import type { Binding } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'
import { SealedManifest } from '../schema/audit.ts'

let client: AwsClient | undefined

/** Signs and repeats requests to S3. The SDK's own client would be 150 KB for the two requests that are made here. */
const s3 = (): AwsClient => {
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN, AWS_REGION } = process.env
  client ??= new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }),
    ...(AWS_REGION && { region: AWS_REGION }),
    service: 's3',
    retries: 3,
  })
  return client
}

/** The archive of the audit trail: objects that are put once, under retention that nobody can shorten, and only read since. */
export const archive = ({ signal }: Pick<Binding, 'signal'>) => {
  const send = async (method: 'GET' | 'PUT', key: string, body?: string, headers: Record<string, string> = {}) => {
    const hash = {
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    }
    const request = { method, signal, headers: { ...hash, ...headers }, ...(body !== undefined && { body }) }
    const answer = await s3()
      .fetch(urlOf(key), request)
      .catch((cause: unknown) => {
        throw new Problem('unavailable', { retryAfter: 1, cause })
      })
    if (answer.status === 429 || answer.status >= 500) throw new Problem('unavailable', { retryAfter: 1 })
    return answer
  }

  /** False when an object of this name is there already, or is being put at this moment. */
  const put = async (key: string, body: string, type: string): Promise<boolean> => {
    const { ok, status } = await send('PUT', key, body, { 'content-type': type, 'if-none-match': '*' })
    if (!ok && status !== 412 && status !== 409) throw new Error(`S3 answered ${status} to a put`)
    return ok
  }
  const get = async (key: string): Promise<string | undefined> => {
    const answer = await send('GET', key)
    if (answer.status === 404) return undefined
    if (!answer.ok) throw new Error(`S3 answered ${answer.status} to a get`)
    return answer.text()
  }
  const manifestAt = async (sequence: number): Promise<SealedManifest | undefined> => {
    const text = await get(manifestKey(sequence))
    return text === undefined ? undefined : SealedManifest.parse(JSON.parse(text))
  }

  return {
    /** Keeps the lines of a batch under the hash of their bytes; the same bytes are kept once. */
    async keepBatch(day: string, lines: string): Promise<string> {
      const name = `batches/${day}/${createHash('sha256').update(lines).digest('hex')}.ndjson`
      await put(name, lines, 'application/x-ndjson')
      return name
    },

    async keepManifest(sealed: SealedManifest): Promise<SealedManifest> {
      const { sequence } = sealed.manifest
      if (await put(manifestKey(sequence), JSON.stringify(sealed), 'application/json')) return sealed
      const there = await manifestAt(sequence)
      // Another sealer is putting it at this moment: the next try finds it.
      if (!there) throw new Problem('unavailable', { retryAfter: 1 })
      return there
    },

    batch: get,
    manifest: manifestAt,
  }
}

/** Twelve digits, so that names are in the order of sequences. */
const manifestKey = (sequence: number): string => `manifests/${String(sequence).padStart(12, '0')}.json`

/** By the variables that every SDK follows, or where AWS has the bucket. */
function urlOf(key: string): string {
  const { BUCKET_ARCHIVE, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION } = process.env
  if (!BUCKET_ARCHIVE) throw new Error('BUCKET_ARCHIVE is not set')
  const local = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL
  return local ? `${local}/${BUCKET_ARCHIVE}/${key}` : `https://${BUCKET_ARCHIVE}.s3.${AWS_REGION}.amazonaws.com/${key}`
}
