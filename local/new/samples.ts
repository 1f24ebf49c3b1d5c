import { createHash } from 'node:crypto'
import type { Action } from '../../shared/kernel/action.ts'
import { isSafe, splitRoute } from '../../shared/kernel/route.ts'
import type { Source, Worker } from '../../shared/kernel/worker.ts'

/** What a sample request says: the values of its path and query, and its body before it is JSON text. */
export interface Said {
  params?: Record<string, string>
  query?: Record<string, string>
  body?: unknown
}

/** The moment of every sample, so that making one twice gives the same bytes. */
const at = new Date('2026-11-23T17:00:00.000Z')
const account = '000000000000'
const region = 'us-east-1'
const host = 'harbor.example'

/**
 * An API Gateway event (payload format 2.0) of a browser on our own page. Cookie and `x-csrf` are placeholders: whoever
 * sends the sample puts a session's own in their place.
 */
export function actionSample(id: string, { route, allow }: Pick<Action, 'route' | 'allow'>, said: Said = {}): object {
  const { method, path } = splitRoute(route)
  const { params = {}, query = {}, body } = said
  const routeKey = `${method} ${path}`
  const rawPath = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''))
  const signedIn = allow !== 'anyone'
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    ...(signedIn && { cookies: ['__Host-sid=placeholder-of-a-session-token'] }),
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      host,
      'sec-fetch-site': 'same-origin',
      ...(signedIn && !isSafe(method) && { 'x-csrf': 'placeholder-of-a-csrf-token' }),
    },
    ...(Object.keys(query).length > 0 && { queryStringParameters: query }),
    requestContext: {
      accountId: account,
      apiId: 'sample',
      domainName: host,
      domainPrefix: host.split('.')[0],
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.10', userAgent: 'sample/1.0' },
      requestId: requestId(id),
      routeKey,
      stage: '$default',
      time: '23/Nov/2026:17:00:00 +0000',
      timeEpoch: at.getTime(),
    },
    ...(Object.keys(params).length > 0 && { pathParameters: params }),
    ...(body !== undefined && { body: JSON.stringify(body) }),
    isBase64Encoded: false,
  }
}

/** The event that a worker's source sends: of a queue or a stream with one message, of a rotation one step, of a schedule as EventBridge has it. */
export function workerSample(id: string, { source }: Pick<Worker, 'source'>, message: object = {}): object {
  if ('queue' in source) return { Records: [queued(id, source.queue, message)] }
  if ('stream' in source) return { Records: [streamed(id, source.stream, message)] }
  if ('rotates' in source) {
    const SecretId = `arn:aws:secretsmanager:${region}:${account}:secret:haven/dev/${source.rotates}-AbCdEf`
    return { Step: 'testSecret', SecretId, ClientRequestToken: uuid(id) }
  }
  return {
    version: '0',
    id: uuid(id),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: '2026-11-23T17:00:00Z',
    region,
    resources: [`arn:aws:events:${region}:${account}:rule/haven-dev-${id.replace('.', '-')}`],
    detail: {},
  }
}

function queued(id: string, queue: string, message: object): object {
  const body = JSON.stringify(message)
  return {
    messageId: uuid(id),
    receiptHandle: 'placeholder-of-a-receipt-handle',
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: String(at.getTime()),
      SenderId: account,
      ApproximateFirstReceiveTimestamp: String(at.getTime()),
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:${region}:${account}:haven-dev-${queue}`,
    awsRegion: region,
  }
}

function streamed(id: string, { on }: Extract<Source, { stream: object }>['stream'], item: object): object {
  const { pk, sk } = item as { pk?: string; sk?: string }
  return {
    eventID: createHash('md5').update(id).digest('hex'),
    eventName: on,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: at.getTime() / 1_000,
      Keys: { pk: typed(pk ?? ''), sk: typed(sk ?? '') },
      NewImage: (typed(item) as { M: object }).M,
      SequenceNumber: '100000000000000000001',
      SizeBytes: JSON.stringify(item).length,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: `arn:aws:dynamodb:${region}:${account}:table/haven-dev/stream/2026-11-01T00:00:00.000`,
  }
}

/** A plain value in DynamoDB's typed JSON. */
function typed(value: unknown): object {
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value === null) return { NULL: true }
  if (Array.isArray(value)) return { L: value.map(typed) }
  if (typeof value === 'object')
    return { M: Object.fromEntries(Object.entries(value).map(([name, field]) => [name, typed(field)])) }
  return { S: String(value) }
}

/** In API Gateway's form, and the same for the same function. */
const requestId = (id: string): string => `${createHash('sha256').update(id).digest('base64url').slice(0, 15)}=`

function uuid(id: string): string {
  const hex = createHash('sha256').update(id).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
