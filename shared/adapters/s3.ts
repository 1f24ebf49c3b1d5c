import { createHash } from 'node:crypto'
import { AwsClient } from 'aws4fetch'
import type { Binding, BucketName } from '../kernel/port.ts'
import { Problem } from '../kernel/problem.ts'

let client: AwsClient | undefined

/** Signs and repeats requests to S3. The SDK's own client would be 150 KB for the few requests that are made of it. */
export const s3 = (): AwsClient => {
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

/** Sends a request about an object of a bucket. What S3 cannot do now is the caller's to hear of; what it answers is theirs to read. */
export const bucket =
  (name: BucketName, { signal }: Pick<Binding, 'signal'>) =>
  async (
    method: 'GET' | 'HEAD' | 'PUT' | 'POST',
    key: string,
    body?: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<Response> => {
    const hash = {
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    }
    const request = {
      method,
      signal,
      headers: { ...hash, ...headers },
      ...(body !== undefined && { body: body as string }),
    }
    const answer = await s3()
      .fetch(urlOf(name, key), request)
      .catch((cause: unknown) => {
        throw new Problem('unavailable', { retryAfter: 1, cause })
      })
    if (answer.status === 429 || answer.status >= 500) throw new Problem('unavailable', { retryAfter: 1 })
    return answer
  }

/** By the variables that every SDK follows, or where AWS has the bucket. */
export function urlOf(name: BucketName, key: string): string {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION } = process.env
  const variable = `BUCKET_${name.toUpperCase()}`
  const bucketName = process.env[variable]
  if (!bucketName) throw new Error(`${variable} is not set`)
  const local = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL
  return local ? `${local}/${bucketName}/${key}` : `https://${bucketName}.s3.${AWS_REGION}.amazonaws.com/${key}`
}
