import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { send } from '../http.ts'
import { errorReply } from './denial.ts'
import { callJson } from './json.ts'
import { messagingNeeds } from './messaging-needs.ts'
import { linkRefusal } from './presigned.ts'
import { type AwsCall, type AwsReply, type AwsService, account } from './service.ts'

/** Queues, topics and buckets that keep their contents in a directory. */
export interface Messaging {
  service: AwsService
  /** Where the emulator itself listens. Queue URLs that callers see point to the local endpoint instead. */
  endpoint: string
  ensureQueue(name: string, attributes: Record<string, string>): Promise<void>
  ensureTopic(name: string, queues: string[]): void
  /** A locked bucket keeps what it has: an object is neither replaced nor deleted. */
  ensureBucket(name: string, locked: boolean): void
}

/** Starts SQS, SNS and S3. `publicUrl` is asked for the local endpoint's address, which queue URLs have to carry. */
export async function startMessaging(dataDir: string, publicUrl: () => string): Promise<Messaging> {
  const server = await startFauxqs({ port: 0, host: '127.0.0.1', logger: false, dataDir })
  const endpoint = `http://127.0.0.1:${server.port}`
  const locked = new Set<string>()
  const inTurn = turns()
  const own = new RegExp(`https?://(?:sqs\\.[\\w-]+\\.)?[\\w.]+:${server.port}/`, 'g')
  return {
    endpoint,
    service: {
      names: ['sqs', 'sns', 's3'],
      needs: messagingNeeds,
      answer: call =>
        inTurn(call, async () => {
          const refusal = await refusalOf(call, locked, endpoint)
          return refusal ?? forward(endpoint, call, body => body.replaceAll(own, `${publicUrl()}/`))
        }),
      stop: () => server.stop(),
    },
    ensureQueue: (name, attributes) => ensureQueue(server, endpoint, name, attributes),
    ensureTopic(name, queues) {
      server.createTopic(name)
      for (const queue of queues) server.subscribe({ topic: name, queue })
    },
    ensureBucket(name, isLocked) {
      server.createBucket(name)
      if (isLocked) locked.add(name)
    },
  }
}

async function ensureQueue(server: FauxqsServer, endpoint: string, name: string, attributes: Record<string, string>) {
  // A queue that is there cannot be created with other attributes; they are set instead, and its messages stay.
  if (!server.inspectQueue(name)) server.createQueue(name, { attributes })
  const { RedrivePolicy, VisibilityTimeout, DelaySeconds } = attributes
  const changing = Object.entries({ RedrivePolicy, VisibilityTimeout, DelaySeconds }).filter(([, value]) => value)
  if (!changing.length) return
  await callJson(endpoint, 'AmazonSQS.SetQueueAttributes', {
    QueueUrl: `${endpoint}/${account}/${name}`,
    Attributes: Object.fromEntries(changing),
  })
}

/** Writes of one object one after the other, since whether it may be written depends on what is there. */
function turns() {
  const last = new Map<string, Promise<unknown>>()
  return async (call: AwsCall, answer: () => Promise<AwsReply>): Promise<AwsReply> => {
    if (call.service !== 's3' || call.method !== 'PUT') return answer()
    const before = last.get(call.path)
    const mine = (before ?? Promise.resolve()).catch(() => {}).then(answer)
    last.set(call.path, mine)
    return mine.finally(() => last.get(call.path) === mine && last.delete(call.path))
  }
}

/**
 * What S3 would refuse and the emulator does not: a link that has ended or was changed, a put with `If-None-Match: *` where something is, and whatever would take an
 * object out of a locked bucket. S3 would keep a replaced object as a version; here replacing is refused, which is stricter.
 */
async function refusalOf(call: AwsCall, locked: ReadonlySet<string>, endpoint: string): Promise<AwsReply | undefined> {
  const [, bucket = '', ...key] = call.path.split('/')
  if (call.service !== 's3' || !key.join('')) return undefined
  const refusal = await linkRefusal(call)
  if (refusal) return errorReply(call, 'AccessDenied', refusal, 403)
  if (call.method === 'DELETE' && locked.has(bucket))
    return errorReply(call, 'AccessDenied', 'The object is locked', 403)
  const once = call.headers['if-none-match'] === '*'
  if (call.method !== 'PUT' || !(once || locked.has(bucket))) return undefined
  const { status } = await send(`${endpoint}${call.path}`, 'HEAD', {})
  if (status !== 200) return undefined
  return once
    ? errorReply(call, 'PreconditionFailed', 'An object of this name is there', 412)
    : errorReply(call, 'AccessDenied', 'The object is locked', 403)
}

async function forward(endpoint: string, call: AwsCall, rewrite: (body: string) => string): Promise<AwsReply> {
  const search = call.query.size ? `?${call.query}` : ''
  const { connection: _, 'content-length': __, 'transfer-encoding': ___, expect: ____, ...headers } = call.headers
  const path = call.service === 's3' ? call.path : '/'
  const reply = await send(`${endpoint}${path}${search}`, call.method, headers, call.body)
  const { connection, 'keep-alive': alive, 'transfer-encoding': encoding, ...answered } = reply.headers
  if (call.service === 's3') return { status: reply.status, headers: answered, body: reply.body }
  return { status: reply.status, headers: answered, body: rewrite(reply.body.toString()) }
}

/** The queue's URL as functions see it. */
export function queueUrl(publicUrl: string, name: string): string {
  return `${publicUrl}/${account}/${name}`
}
