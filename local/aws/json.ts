import { send } from '../http.ts'
import { region } from './service.ts'

/** The access key that may do anything: the local run's own calls, the seed's and the operator's. */
export const operator = 'OPERATOR'

/** The SigV4 service names of the target prefixes that are called here. */
const scopes: Record<string, string> = {
  AmazonSQS: 'sqs',
  DynamoDB: 'dynamodb',
  DynamoDBStreams: 'dynamodb',
  TrentService: 'kms',
  secretsmanager: 'secretsmanager',
}

/** What an AWS service answered instead of a result. `name` is the error's short name, as SDKs give it. */
export class AwsError extends Error {
  readonly status: number
  readonly answer: Record<string, unknown>

  constructor(name: string, message: string, status: number, answer: Record<string, unknown>) {
    super(message)
    this.name = name
    this.status = status
    this.answer = answer
  }
}

/**
 * Calls an operation of an AWS JSON service, such as `DynamoDB_20120810.ListTables`. Used in place of an SDK client,
 * which takes longer to load than the whole local cloud takes to start.
 */
export async function callJson<Result>(
  endpoint: string,
  target: string,
  input: object,
  signal?: AbortSignal,
): Promise<Result> {
  const service = scopes[/^[A-Za-z]+/.exec(target)?.[0] ?? ''] ?? 'unknown'
  const version = service === 'dynamodb' || service === 'sqs' ? '1.0' : '1.1'
  const reply = await send(
    endpoint,
    'POST',
    { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': target, ...signed(service) },
    JSON.stringify(input),
    signal,
  )
  const text = reply.body.toString()
  const answer = (text ? JSON.parse(text) : {}) as Record<string, unknown>
  if (reply.status < 300) return answer as Result
  const name = String(answer.__type ?? 'UnknownError').replace(/^.*#/, '')
  throw new AwsError(name, String(answer.message ?? answer.Message ?? name), reply.status, answer)
}

/** Headers that name the caller and the service. No local service checks the signature; the engine wants it well-formed. */
export function signed(service: string, accessKey: string = operator): Record<string, string> {
  const now = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${accessKey}/${now.slice(0, 8)}/${region}/${service}/aws4_request`
  return {
    'x-amz-date': now,
    authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
  }
}
